// A button that opens a list to choose from: as a select, but its options can hold set formulas.

/**
 * @param place the element it stands in
 * @param options [{key, html}], the HTML made and escaped in Python
 * @param label the id of what names it
 * @param onChoose called with the key that is chosen
 */
export function listbox(place, { options, label, onChoose }) {
  const button = document.createElement("button");
  const list = document.createElement("ul");
  button.type = "button";
  button.id = `${place.id}-button`;
  button.setAttribute("aria-haspopup", "listbox");
  button.setAttribute("aria-labelledby", `${label} ${button.id}`);
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-labelledby", label);
  list.tabIndex = 0;
  list.hidden = true;
  const items = options.map(({ html }, index) => {
    const item = document.createElement("li");
    item.id = `${place.id}-${index}`;
    item.setAttribute("role", "option");
    item.innerHTML = html;
    return item;
  });
  list.append(...items);
  place.classList.add("listbox");
  place.replaceChildren(button, list);
  let at = 0;
  let chosen = 0;

  function show(index) {
    at = Math.min(Math.max(index, 0), items.length - 1);
    items.forEach((item, place) => {
      item.setAttribute("aria-selected", String(place === at));
    });
    list.setAttribute("aria-activedescendant", items[at].id);
    if (!list.hidden) items[at].scrollIntoView({ block: "nearest" });
  }

  function open(yes) {
    list.hidden = !yes;
    button.setAttribute("aria-expanded", String(yes));
    if (yes) {
      show(chosen);
      list.focus();
    }
  }

  function set(index) {
    chosen = index;
    button.innerHTML = options[index].html;
    show(index);
  }

  function choose(index) {
    set(index);
    open(false);
    button.focus();
    onChoose(options[index].key);
  }

  const KEYS = {
    ArrowDown: () => show(at + 1),
    ArrowUp: () => show(at - 1),
    Home: () => show(0),
    End: () => show(items.length - 1),
    Enter: () => choose(at),
    " ": () => choose(at),
    Escape: () => {
      open(false);
      button.focus();
    },
    Tab: () => choose(at),
  };
  button.addEventListener("click", () => open(list.hidden));
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    event.stopPropagation();
    open(true);
  });
  list.addEventListener("keydown", (event) => {
    if (!KEYS[event.key]) return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
    KEYS[event.key]();
  });
  list.addEventListener("click", (event) => {
    const index = items.indexOf(event.target.closest("li"));
    if (index >= 0) choose(index);
  });
  list.addEventListener("focusout", () => setTimeout(() => {
    if (!list.contains(document.activeElement)) open(false);
  }));
  set(0);
  return { set: (key) => set(Math.max(options.findIndex((option) => option.key === key), 0)) };
}
