// The sheet where the editor cannot run: a field to type in, and below it the lines with their marks.
import { element } from "./dom.js";
import { FIRST_HINT, gravest } from "./lines.js";
import { printed } from "./printing.js";

/** What `editor` gives, of a field of text. */
export function plainEditor(place, { onText, onCaret }) {
  const field = element("textarea", "plain-text", [], { "aria-label": "Worksheet, a statement a line", spellcheck: "false", autocapitalize: "off" });
  const lines = element("div", "plain-lines");
  place.replaceChildren(field, lines);
  const hints = new Map();
  let views = [];
  let before = 1;

  const caret = () => field.value.slice(0, field.selectionStart).split("\n").length;
  const hintOf = (text) => hints.get(text) ?? FIRST_HINT;

  function show() {
    const rows = field.value.split("\n");
    lines.replaceChildren(printed(field.value, views.filter(({ line, source }) => rows[line - 1] === source), hintOf));
  }

  function moved() {
    const now = caret();
    if (now !== before) onCaret(now);
    before = now;
  }

  field.addEventListener("input", () => {
    show();
    onText(field.value);
  });
  for (const kind of ["keyup", "click"]) field.addEventListener(kind, moved);
  return {
    text: () => field.value,
    open(text) {
      field.value = text;
      views = [];
      show();
    },
    show(text, next) {
      if (text !== field.value) return;
      views = next;
      show();
    },
    hint(text, step) {
      hints.set(text, step);
      show();
    },
    rows() {
      const together = Map.groupBy(views, ({ line }) => line);
      return [...together].map(([number, own]) => ({ line: { number }, text: own[0].source, views: own, verdict: gravest(own), same: true }));
    },
    hintOf,
    length: () => field.value.split("\n").length,
    caret,
    goTo(number) {
      const at = field.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
      field.setSelectionRange(at, at);
      field.focus();
      moved();
    },
    focus: () => field.focus(),
    // All is as typed here, and no line of the field can be tinted.
    typing() {},
    asTyped() {},
    chosen() {},
    now() {},
  };
}
