// Menus: a button opens a list; arrows go through it, Escape closes it and gives the focus back.
import { listbox } from "../listbox.js";
import { all, byId, button, element } from "./dom.js";

/**
 * Makes a button open what it controls, and returns what closes it.
 * @param reveal shows or hides the place
 */
export function opens(opener, place, reveal = (on) => {
  place.hidden = !on;
}) {
  const isOpen = () => opener.getAttribute("aria-expanded") === "true";
  const show = (on) => {
    reveal(on);
    opener.setAttribute("aria-expanded", String(on));
    if (on) all("button, input", place)[0]?.focus();
  };
  opener.addEventListener("click", () => show(!isOpen()));
  document.addEventListener("pointerdown", (event) => {
    if (isOpen() && !place.contains(event.target) && !opener.contains(event.target)) show(false);
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) {
      show(false);
      opener.focus();
      event.stopPropagation();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || place.getAttribute("role") !== "menu") return;
    const items = all("[role^=menuitem]", place);
    items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
    event.preventDefault();
  });
  place.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && isOpen() && !place.contains(relatedTarget)) show(false);
  });
  return () => show(false);
}

/** On a phone the rest of the bar stands behind one button; what is chosen there closes it. */
export function moreMenu() {
  const place = byId("more");
  const close = opens(byId("more-button"), place, (on) => place.classList.toggle("open", on));
  place.addEventListener("click", (event) => {
    if (event.target.closest("[role=menuitem], #open")) close();
  });
  byId("exercise").addEventListener("submit", close);
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

/** The form of a new exercise; the shapes' titles are HTML. */
export function exerciseForm(shapes, onMake) {
  const form = byId("exercise");
  const close = opens(byId("exercise-button"), form);
  let shape = "2-2-1";
  const options = shapes.map(({ name, html }) => ({ key: name, html }));
  listbox(byId("shape"), { options, label: "shape-label", onChoose: (key) => { shape = key; } }).set(shape);
  byId("seed").value = String(1 + Math.floor(Math.random() * 999));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    onMake({ shape, seed: Number(byId("seed").value) || 0, form: new FormData(form).get("form") });
  });
}
