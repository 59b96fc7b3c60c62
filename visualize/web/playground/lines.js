// What the editor shows of each line: its mark, the line as it is set, and what is said below it.
// A view belongs to the text that it was made for: once a line is changed it is shown no more.
import { StateEffect, StateField } from "@codemirror/state";

/** Views of the lines, made for the document as it is: [{line, …}] of Python's answer. */
export const setViews = StateEffect.define();
/** The caret's line is being typed: it is not accused. */
export const setTyping = StateEffect.define();
/** All lines as they were typed, or set. */
export const setAsTyped = StateEffect.define();
/** How much is said of a wrong line: its text, and a step of the hints. */
export const setHint = StateEffect.define();
/** The line that is selected, with those that follow from it; 0 for none. */
export const setChosen = StateEffect.define();
/** Whether the caret is shown: its line is then as it was typed. */
export const setFocused = StateEffect.define();
/** The lines of the step that is shown. */
export const setNow = StateEffect.define();

const GRAVEST = ["unreadable", "wrong", "follows", "unchecked", "right", "taken", ""];

/** The gravest verdict of the views of a line. */
export const gravest = (views) => views.map(({ verdict }) => verdict).reduce((a, b) => (GRAVEST.indexOf(b) < GRAVEST.indexOf(a) ? b : a), "");

/** Of the hints that Python gives of a wrong line, the one that a sheet opens at: its kind. */
export const FIRST_HINT = 1;

/** What is said of a wrong line at a step of its hints: {name, said, label, working}. */
export const hintAt = ({ hints }, step) => hints[Math.min(step, hints.length - 1)];

// The views of one line together: a line may have several statements.
function together(doc, views) {
  const rows = new Map();
  for (const view of views) {
    if (view.line < 1 || view.line > doc.lines) continue;
    const line = doc.line(view.line);
    const row = rows.get(view.line) ?? { at: line.from, text: line.text, views: [] };
    row.views.push(view);
    rows.set(view.line, row);
  }
  return [...rows.values()].map((row) => ({ ...row, verdict: gravest(row.views) })).sort((a, b) => a.at - b.at);
}

const START = { rows: [], typing: false, asTyped: false, hints: new Map(), chosen: 0, now: new Set(), focused: false };

export const lineState = StateField.define({
  create: () => START,
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) {
      const moved = value.rows.map((row) => ({ ...row, at: transaction.changes.mapPos(row.at, 1) }));
      next = { ...next, rows: moved };
    }
    for (const effect of transaction.effects) {
      if (effect.is(setViews)) next = { ...next, rows: together(transaction.state.doc, effect.value) };
      if (effect.is(setTyping)) next = { ...next, typing: effect.value };
      if (effect.is(setAsTyped)) next = { ...next, asTyped: effect.value };
      if (effect.is(setHint)) next = { ...next, hints: new Map(next.hints).set(effect.value.text, effect.value.step) };
      if (effect.is(setChosen)) next = { ...next, chosen: effect.value };
      if (effect.is(setFocused)) next = { ...next, focused: effect.value, typing: next.typing && effect.value };
      if (effect.is(setNow)) next = { ...next, now: effect.value };
    }
    return next;
  },
});

/** The rows whose text is still the one that was marked, each with its line. */
export function shownRows(state) {
  const { rows } = state.field(lineState);
  const seen = new Set();
  return rows.flatMap((row) => {
    const line = state.doc.lineAt(Math.min(row.at, state.doc.length));
    if (seen.has(line.number)) return [];
    seen.add(line.number);
    return [{ ...row, line, same: line.text === row.text }];
  });
}

export const caretLine = (state) => state.doc.lineAt(state.selection.main.head).number;

/** The step of a wrong line's hints. */
export function hintOf(state, text) {
  return state.field(lineState).hints.get(text) ?? FIRST_HINT;
}
