// The panes: on a phone one at a time; F6 goes from one to the next.
import { all, byId } from "./dom.js";

const NAMES = ["sheet", "graph", "step"];
const PLACES = [".sheet-pane", ".graph-pane", ".stepper"];

/** Shows a pane where there is room for one alone. */
export function tab(name) {
  document.body.dataset.tab = name;
  for (const one of all(".tabs button")) one.setAttribute("aria-pressed", String(one.dataset.tab === name));
}

/**
 * @param focusSheet gives the sheet the focus
 * @returns what goes to the next pane, or to the one before
 */
export function panes(focusSheet) {
  const focus = [focusSheet, () => document.querySelector(".graph .node[tabindex='0']")?.focus(), () => byId("next")?.focus()];
  document.querySelector(".tabs").addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (pressed) tab(pressed.dataset.tab);
  });
  return (by) => {
    const at = PLACES.findIndex((place) => document.activeElement?.closest(place));
    const to = (at + by + NAMES.length) % NAMES.length;
    tab(NAMES[to]);
    focus[to]();
  };
}
