// Menus: a button opens a list; arrows go through it, Escape closes it and gives the focus back.
import { all, byId, button, element } from "./dom.js";

/** Makes a button open what it controls. */
export function opens(opener, place) {
  const show = (on) => {
    place.hidden = !on;
    opener.setAttribute("aria-expanded", String(on));
    if (on) all("button, input, select", place)[0]?.focus();
  };
  opener.addEventListener("click", () => show(place.hidden));
  document.addEventListener("pointerdown", (event) => {
    if (!place.hidden && !place.contains(event.target) && !opener.contains(event.target)) show(false);
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      show(false);
      opener.focus();
      event.stopPropagation();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const items = all("[role^=menuitem]", place);
    if (!by || !items.length) return;
    items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
    event.preventDefault();
  });
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !place.contains(relatedTarget)) show(false);
  });
  return () => show(false);
}

// A title such as "The product rule: two factors that both move with t." in two pieces.
function parted(title) {
  const at = title.indexOf(": ");
  return at < 0 ? [title, ""] : [title.slice(0, at), title[at + 2].toUpperCase() + title.slice(at + 3)];
}

/** The menu of examples: those with slips first. */
export function examplesMenu(examples, onChoose) {
  const place = byId("examples");
  const close = opens(byId("examples-button"), place);
  const find = ({ name }) => name.startsWith("office-hours-");
  const part = (heading, rows) => [
    element("p", "menu-heading", heading),
    ...rows.map((row) => {
      const [title, said] = parted(row.title);
      const item = button([element("b", "", title), element("span", "file-name", row.name), element("span", "menu-said", said)], () => {
        close();
        onChoose(row);
      });
      item.setAttribute("role", "menuitem");
      return item;
    }),
  ];
  place.replaceChildren(...part("Find the slips", examples.filter(find)), ...part("Worked through", examples.filter((row) => !find(row))));
}

/** The menu of what the sheet can be saved as: [[key, words], …]. */
export function exportMenu(rows, onChoose) {
  const close = opens(byId("export-button"), byId("export"));
  byId("export").replaceChildren(
    ...rows.map(([key, words]) => {
      const item = button(words, () => {
        close();
        onChoose(key);
      });
      item.setAttribute("role", "menuitem");
      return item;
    }),
  );
}

/** The form of a new exercise. */
export function exerciseForm(shapes, onMake) {
  const form = byId("exercise");
  const close = opens(byId("exercise-button"), form);
  byId("shape").replaceChildren(...shapes.map(({ name, title }) => element("option", "", `${name}: ${title}`, { value: name })));
  byId("shape").value = "2-2-1";
  byId("seed").value = String(1 + Math.floor(Math.random() * 999));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    const asked = new FormData(form);
    onMake({ shape: byId("shape").value, seed: Number(byId("seed").value) || 0, form: asked.get("form") });
  });
}
