// The sheet on paper: all its lines, for an editor has only those that are on the screen.
import { element, mark, withHtml } from "./dom.js";
import { hintAt } from "./lines.js";

const LED = ["wrong", "unreadable", "unchecked"];

/**
 * The lines of a text with their marks, and what is said of them.
 * @param hintOf how much is said of a wrong line, as on the screen
 */
export function printed(text, views, hintOf) {
  const rows = text.split("\n").flatMap((row, index) => {
    const own = views.filter(({ line }) => line === index + 1);
    return row.trim() ? [line(row, index + 1, own, hintOf(row))] : [];
  });
  return element("ol", "printed", rows);
}

function line(row, number, views, step) {
  const place = element("li", views[0]?.heading ? "heading" : `line ${views[0]?.verdict ?? ""} hint-${step}`);
  place.append(element("span", "no", String(number)));
  for (const { verdict } of views.slice(0, 1)) {
    if (verdict) place.append(mark(verdict));
  }
  const set = views.length === 1 && views[0].set;
  place.append(set ? withHtml("span", "formula", views[0].set) : element("code", "formula", row));
  for (const view of views.filter(({ verdict }) => LED.includes(verdict))) {
    const { said, label, working } = hintAt(view, step) ?? { said: view.note };
    if (said) place.append(withHtml("p", "cause", said));
    if (working) place.append(withHtml("p", "working", `<span class="label">${label}</span> ${working}`));
  }
  const from = [...new Set(views.flatMap(({ verdict, sources }) => (verdict === "follows" ? sources : [])))];
  if (from.length) place.append(element("p", "cause from", `follows from ${from.join(", ")}`));
  return place;
}
