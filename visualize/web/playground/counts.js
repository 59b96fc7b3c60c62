// How many lines have each verdict, each a button to the next such line; and where in the sheet they are.
import { button, byId, element, mark } from "./dom.js";

const ORDER = ["wrong", "follows", "right", "taken", "unchecked", "unreadable"];
const NAMED = { wrong: "wrong", follows: "follow", right: "right" };
const ON_RULER = ["unchecked", "follows", "unreadable", "wrong"];
const SPOKEN = ["wrong", "follows", "right", "unchecked", "unreadable"];

/** The counts of a report in words. */
export const spokenCounts = (report) => SPOKEN.filter((verdict) => report[verdict]).map((verdict) => `${report[verdict]} ${verdict}`).join(", ");

/**
 * @param sheet the editor
 * @param onGo called with a line to go to
 */
export function countsOf(sheet, onGo) {
  let asTyped = false;

  const lines = (verdict) => sheet.rows().flatMap((row) => row.views.filter((view) => view.verdict === verdict).map(() => row.line.number));

  function next(verdict, by = 1) {
    const at = sheet.caret();
    const order = by > 0 ? lines(verdict) : lines(verdict).reverse();
    return order.find((line) => (by > 0 ? line > at : line < at)) ?? order[0];
  }

  function show() {
    const found = new Map(ORDER.map((verdict) => [verdict, lines(verdict)]));
    const focused = document.activeElement?.dataset?.verdict;
    const buttons = ORDER.filter((verdict) => found.get(verdict).length).map((verdict) => {
      const made = button([mark(verdict), element("b", "", String(found.get(verdict).length)), element("span", "count-word", NAMED[verdict] ?? "")], () => onGo(next(verdict)), "count");
      made.dataset.verdict = verdict;
      return made;
    });
    byId("counts").replaceChildren(...buttons, typedButton());
    if (focused) byId("counts").querySelector(`[data-verdict="${focused}"]`)?.focus();
    showRuler(found);
    byId("badge").hidden = found.get("wrong").length === 0;
    byId("badge").textContent = found.get("wrong").length;
  }

  function typedButton() {
    const typed = button("As typed", () => {
      asTyped = !asTyped;
      sheet.asTyped(asTyped);
      typed.setAttribute("aria-pressed", String(asTyped));
    }, "as-typed");
    typed.setAttribute("aria-pressed", String(asTyped));
    return typed;
  }

  // Where in the sheet the lines to look at are.
  function showRuler(found) {
    const all = sheet.length();
    const ticks = ON_RULER.flatMap((verdict) =>
      found.get(verdict).map((line) => {
        const tick = element("i", verdict);
        tick.style.top = `${(100 * (line - 0.5)) / all}%`;
        return tick;
      }),
    );
    byId("ruler").replaceChildren(...ticks);
  }

  return { show, next };
}
