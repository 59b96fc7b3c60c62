// The sheet: an editor whose lines are set as formulas and marked, with causes below them.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  GutterMarker,
  WidgetType,
  drawSelection,
  gutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { mark } from "./dom.js";
import {
  caretLine,
  hintOf,
  lineState,
  setAsTyped,
  setChosen,
  setFocused,
  setHint,
  setNow,
  setTyping,
  setViews,
  shownRows,
} from "./lines.js";
import { remarkBelow, remarkBeside } from "./remarks.js";

const isSoft = (state, row) => state.field(lineState).typing && row.line.number === caretLine(state);

class SetLine extends WidgetType {
  constructor(html, heading) {
    super();
    this.html = html;
    this.heading = heading;
  }
  eq(other) {
    return other.html === this.html && other.heading === this.heading;
  }
  toDOM() {
    const place = document.createElement("span");
    place.className = this.heading ? "set heading-of-sheet" : "set";
    place.innerHTML = this.html;
    return place;
  }
  ignoreEvent() {
    return false; // a click puts the caret there
  }
}

class Remark extends WidgetType {
  constructor(key, make) {
    super();
    this.key = key;
    this.make = make;
  }
  eq(other) {
    return other.key === this.key;
  }
  toDOM() {
    return this.make();
  }
  ignoreEvent() {
    return true;
  }
}

class Mark extends GutterMarker {
  constructor(verdict, soft) {
    super();
    this.verdict = verdict;
    this.soft = soft;
  }
  eq(other) {
    return other.verdict === this.verdict && other.soft === this.soft;
  }
  toDOM() {
    const place = mark(this.verdict);
    place.classList.toggle("soft", this.soft);
    return place;
  }
}

// Under the place where a line could not be read.
const AT_FAULT = Decoration.mark({ class: "at-fault" });

// What is drawn on the lines: their classes, the lines as they are set, remarks beside and below.
function decorations(state, onAct) {
  const builder = new RangeSetBuilder();
  const { asTyped, chosen, now, focused } = state.field(lineState);
  const rows = shownRows(state);
  let givenBefore = -1;
  const heirs = new Set(rows.filter((row) => row.line.number === chosen).flatMap((row) => row.views.flatMap((view) => view.heirs)));
  for (const row of rows) {
    const { line, views, verdict } = row;
    const soft = isSoft(state, row);
    const step = hintOf(state, row.text);
    const classes = ["cm-row", soft || !row.same ? "soft" : verdict, `hint-${step}`];
    if (line.number === chosen) classes.push("chosen");
    if (heirs.has(line.number)) classes.push("heir");
    if (now.has(line.number)) classes.push("now");
    const [view] = views;
    const given = row.same && views.every((view) => view.given);
    if (given) classes.push("given", ...(line.number === givenBefore + 1 ? [] : ["first-given"]));
    if (given) givenBefore = line.number;
    builder.add(line.from, line.from, Decoration.line({ class: classes.filter(Boolean).join(" ") }));
    if (!row.same) continue;
    const isSet = views.length === 1 && view.set && verdict !== "unreadable" && !asTyped && !(focused && line.number === caretLine(state));
    if (isSet && line.length) {
      builder.add(line.from, line.to, Decoration.replace({ widget: new SetLine(view.set, view.heading) }));
    }
    if (soft) continue;
    if (verdict === "unreadable" && view.column) {
      const at = line.from + Math.min(view.column, line.length) - 1;
      if (at >= line.from) builder.add(at, at + 1, AT_FAULT);
    }
    const beside = remarkBeside(views, onAct);
    if (beside) builder.add(line.to, line.to, Decoration.widget({ widget: new Remark(beside.key, beside.make), side: 1 }));
    const below = remarkBelow(row, step, onAct);
    if (below) builder.add(line.to, line.to, Decoration.widget({ widget: new Remark(below.key, below.make), side: 2, block: true }));
  }
  return builder.finish();
}

const marksGutter = gutter({
  class: "cm-marks",
  lineMarker(view, block) {
    const row = shownRows(view.state).find(({ line }) => line.from === block.from);
    if (!row?.verdict) return null;
    return new Mark(row.verdict, !row.same || isSoft(view.state, row));
  },
  lineMarkerChange: (update) => update.docChanged || update.selectionSet || update.startState.field(lineState) !== update.state.field(lineState),
});

/**
 * @param place where it stands
 * @param onText called with the text when it was changed by typing
 * @param onCaret called when the caret is on another line, with its number
 * @param onAct called with what is pressed in a remark: "hint" or "line", and its argument
 */
export function editor(place, { onText, onCaret, onAct }) {
  let quiet = false;
  const listener = EditorView.updateListener.of((update) => {
    if (update.docChanged && !quiet) onText(update.state.doc.toString());
    const line = caretLine(update.state);
    if (line !== caretLine(update.startState)) {
      if (!update.docChanged && update.state.field(lineState).typing) {
        queueMicrotask(() => view.dispatch({ effects: setTyping.of(false) }));
      }
      onCaret(line);
    }
  });
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      extensions: [
        lineState,
        EditorView.focusChangeEffect.of((_, focused) => setFocused.of(focused)),
        lineNumbers(),
        marksGutter,
        history(),
        drawSelection(),
        highlightSpecialChars(),
        EditorView.lineWrapping,
        EditorView.decorations.compute(["doc", "selection", lineState], (state) => decorations(state, onAct)),
        EditorView.contentAttributes.of({ "aria-label": "Worksheet, a statement a line", spellcheck: "false", autocapitalize: "off" }),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        listener,
      ],
    }),
  });
  const give = (...effects) => view.dispatch({ effects });
  return {
    text: () => view.state.doc.toString(),
    /** Another text, as by opening it: nothing of it is being typed. */
    open(text) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, effects: [setViews.of([]), setTyping.of(false), setChosen.of(0), setNow.of(new Set())] });
      quiet = false;
    },
    /** The views of this text; none is shown where the text is another by now. */
    show(text, views) {
      if (text === view.state.doc.toString()) give(setViews.of(views));
    },
    typing: (on) => give(setTyping.of(on)),
    asTyped: (on) => give(setAsTyped.of(on)),
    chosen: (line) => give(setChosen.of(line)),
    now: (lines) => give(setNow.of(new Set(lines))),
    hint(text, step) {
      give(setHint.of({ text, step }));
    },
    rows: () => shownRows(view.state).filter((row) => row.same && !isSoft(view.state, row)),
    hintOf: (text) => hintOf(view.state, text),
    length: () => view.state.doc.lines,
    caret: () => caretLine(view.state),
    goTo(number, focus = true) {
      const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
      view.dispatch({ selection: { anchor: line.from }, effects: [EditorView.scrollIntoView(line.from, { y: "center" }), setTyping.of(false)] });
      if (focus) view.focus();
    },
    focus: () => view.focus(),
    view,
  };
}
