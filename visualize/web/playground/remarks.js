// What is said of a line: beside it from where it follows and how it was read, below it the cause.
import { button, element, withHtml } from "./dom.js";
import { hintAt } from "./lines.js";

function lineButton(number, onAct) {
  const made = button(String(number), () => onAct("line", number), "to-line");
  made.setAttribute("aria-label", `line ${number}`);
  return made;
}

function hintButton(asked, line, act) {
  const made = button(asked, act, "hint");
  made.setAttribute("aria-label", `${asked} Line ${line}`);
  return made;
}

/** What stands at a line's end, or null. */
export function remarkBeside(views, onAct) {
  const sources = [...new Set(views.filter((view) => view.verdict === "follows").flatMap((view) => view.sources))];
  const readAs = views.filter((view) => view.readAs && view.verdict !== "unreadable").map((view) => view.readAs);
  const rules = views.filter((view) => view.verdict === "right" && view.note).map((view) => view.note);
  if (!sources.length && !readAs.length && !rules.length) return null;
  return {
    key: JSON.stringify(["beside", sources, readAs, rules]),
    make() {
      const place = element("span", "beside");
      if (readAs.length) place.append(withHtml("span", "read-as", `read ${readAs.join("; ")}`));
      else if (rules.length) place.append(withHtml("span", "rule-of-line", rules.join("; ")));
      if (sources.length) place.append(element("span", "from", ["from ", ...sources.flatMap((number, i) => [i ? ", " : "", lineButton(number, onAct)])]));
      return place;
    },
  };
}

/** What stands below a line, or null. */
export function remarkBelow({ text, views, verdict }, step, onAct) {
  const doubtful = ({ verdict, note }) => ["unreadable", "unchecked"].includes(verdict) && note;
  const said = views.filter((view) => (view.hints.length || doubtful(view)) && !view.blank);
  if (!said.length) return null;
  return {
    key: JSON.stringify(["below", text, step, said]),
    make: () => element("div", `below of-${verdict}`, said.map((view) => (view.verdict === "wrong" ? wrong(view, text, step, onAct) : doubt(view)))),
  };
}

function doubt({ verdict, note }) {
  return withHtml("p", `cause ${verdict}`, `${verdict === "unchecked" ? "Not checked: " : ""}${note}`);
}

function wrong(view, text, step, onAct) {
  const place = element("div", "slip-of-line");
  const now = hintAt(view, step);
  place.append(withHtml("p", "cause wrong", now.said));
  if (now.working) {
    const working = element("p", "right", element("span", "label", now.label));
    working.append(" ", withHtml("span", "", now.working));
    place.append(working);
  }
  const hints = element("p", "hints");
  view.hints.forEach(({ name, asked }, index) => {
    if (index === step + 1) hints.append(hintButton(asked, view.line, () => onAct("hint", { text, step: index })));
    else hints.append(element("span", index <= step ? "hint-name had" : "hint-name", name, { "aria-hidden": "true" }));
  });
  place.append(hints);
  if (view.heirs.length) place.append(heirs(view.heirs, onAct));
  return place;
}

function heirs(lines, onAct) {
  const follow = lines.length === 1 ? "1 later line follows from it:" : `${lines.length} later lines follow from it:`;
  return element("p", "heirs-of-line", [`${follow} `, ...lines.flatMap((number) => [lineButton(number, onAct), " "])]);
}
