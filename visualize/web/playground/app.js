// The playground: what is typed goes to Python in the worker, what comes back is shown.
import { band, noBand, say } from "./band.js";
import { countsOf, spokenCounts } from "./counts.js";
import { all, byId, withHtml, word } from "./dom.js";
import { editor } from "./editor.js";
import { exploring } from "./exploring.js";
import { lanes } from "./lanes.js";
import { hintAt } from "./lines.js";
import { examplesMenu, exerciseForm, exportMenu, moreMenu, opens } from "./menus.js";
import { panes, tab } from "./panes.js";
import { picture } from "./picture.js";
import { plainEditor } from "./plain.js";
import { printed } from "./printing.js";
import { EXPORTS, saving } from "./saving.js";
import { flagged, packed, unpacked } from "./share.js";

const KEPT = "micrograd-like:sheet";
const KEPT_READ_AS = "micrograd-like:read-as";
const NO_MARKS = { model: null, lines: [], report: {} };
const first = await (await fetch("first.json")).json();
let flags = {};
let views = []; // the marked lines of the text
let hiddenMarks = null; // of an exercise whose slip is to be found: the answer that waits
let finding = false;
let readAs = ""; // the format that the name of the opened file tells, where the text does not

const python = lanes(() => new Worker("worker.js", { type: "module" }), engineState);
const engine = { send: (lane, message) => python.send(lane, message.text === undefined ? message : { ...message, readAs }) };

const sheet = anEditor(byId("editor"), {
  onText: changed,
  onCaret: (line) => {
    counts.show();
    sayLine(line);
  },
  onAct: (what, value) => (what === "hint" ? hint(value) : goToLine(value)),
});
const shown = picture({
  onHover: link,
  onSelect: selectBox,
  onStep: (lefts) => sheet.now(views.filter((view) => view.lefts.some((left) => lefts.includes(left))).map(({ line }) => line)),
  onPredict: async (step, predicted) => {
    const reply = await engine.send("ask", { kind: "predict", text: explorer.text() ?? sheet.text(), step, predicted });
    return reply?.said ? reply : { verdict: "", said: reply?.error ?? "Python is not there yet." };
  },
});
const explorer = exploring({
  engine,
  text: sheet.text,
  givenOf: (name) => (flags.fixedGivens ? null : givenOf(name)),
  shown,
  onKeep: (text) => open(text, { as: readAs }),
  onPutBack: putBack,
});
const counts = countsOf(sheet, goToLine);

function anEditor(place, handlers) {
  try {
    return editor(place, handlers);
  } catch (error) {
    console.info(`The editor cannot run here: ${error.message}`);
    return plainEditor(place, handlers);
  }
}

// The engine.

function engineState(state, reason) {
  const said = {
    starting: "Starting… what you see was worked out beforehand",
    ready: "Marked as you type, on this machine",
    stopped: "Marking stopped",
    failed: "Marking cannot start here",
  };
  byId("engine").dataset.state = state;
  byId("engine").textContent = said[state];
  // Only now: what it keeps has been loaded, and is not loaded twice at once.
  if (state === "ready") navigator.serviceWorker?.register("sw.js").catch(() => {});
  if (state === "stopped") band("Marking took too long and was started anew. Your text is safe.", "alert", [["Mark again", remark]]);
  if (state === "failed") band(`Python could not be started (${reason.replace(/\.$/, "")}). Your text is safe.`, "alert", [["Load again", () => location.reload()]]);
}

// The text.

function changed(text) {
  history.replaceState(null, "", `${location.pathname}${flagged(flags)}`); // it is another one than the link's
  sheet.typing(true);
  explorer.leave();
  if (!text.trim()) readAs = "";
  keep(text);
  work(text);
}

function keep(text) {
  try {
    localStorage.setItem(KEPT, text);
    localStorage.setItem(KEPT_READ_AS, readAs);
  } catch {
    // Where nothing can be kept the text lives as long as the page.
  }
}

function work(text) {
  byId("empty").hidden = text.trim() !== "";
  document.body.classList.toggle("is-empty", text.trim() === "");
  if (!text.trim()) {
    looked(text, first.blank);
    marked(text, NO_MARKS);
    return;
  }
  if (text === first.text && !readAs) {
    looked(text, first.look);
    marked(text, first.mark);
    return;
  }
  judge(text);
  look(text);
  markText(text);
}

// The verdicts come first, then the graph, then what is said of each wrong line.
async function judge(text) {
  const rows = text.split("\n");
  const known = bySource();
  const lines = rows.flatMap((row, index) => (known.has(row) ? [] : [index + 1]));
  const found = await engine.send("judge", { kind: "judge", text, lines });
  if (!found || found.error || text !== sheet.text()) return;
  const verdicts = byLine(found.verdicts, ([line]) => line);
  const anew = byLine(found.lines);
  show(text, rows.flatMap((row, index) => {
    const line = index + 1;
    const given = verdicts.get(line) ?? [];
    return (anew.get(line) ?? known.get(row) ?? []).map((view, place) => judged({ ...view, line }, given[place]?.[1]));
  }));
}

// What was said of a line with another verdict, or is of other lines, is said anew.
function judged(view, verdict = "") {
  if (finding) return { ...view, verdict: "" };
  const said = view.verdict === verdict && view.source !== undefined;
  return { ...view, verdict, note: said ? view.note : "", hints: said ? view.hints : [], sources: [], heirs: [] };
}

const byLine = (items, lineOf = ({ line }) => line) => Map.groupBy(items, lineOf);
const bySource = () => new Map([...byLine(views).values()].map((own) => [own[0].source, own]));

async function look(text) {
  const found = await engine.send("look", { kind: "look", text });
  if (found && text === sheet.text()) looked(text, found);
}

async function markText(text) {
  const found = await engine.send("mark", { kind: "mark", text });
  if (found) marked(text, found);
}

function looked(text, found) {
  if (found.error) {
    band(found.error, "alert", []);
    return;
  }
  noBand("alert");
  shown.look(found, text.trim() === "");
}

function show(text, lines) {
  const rows = text.split("\n");
  views = lines.map((view) => ({ ...limited(view), source: rows[view.line - 1] }));
  sheet.show(text, views);
  counts.show();
}

function marked(text, found) {
  if (found.error || text !== sheet.text()) return;
  hiddenMarks = finding ? found : null;
  if (finding) return;
  show(text, found.lines);
  shown.mark(found);
  veil();
  say(spokenCounts(found.report));
}

// What a teacher's link leaves out.
function limited(view) {
  const most = flags.hideCauses ? "line" : flags.hideAnswers ? "piece" : "working";
  const last = view.hints.findIndex(({ name }) => name === most);
  return last < 0 ? view : { ...view, hints: view.hints.slice(0, last + 1) };
}

// The most that a file tells of a wrong line.
const toldAtMost = () => (flags.hideCauses ? "line" : flags.hideAnswers || flags.veilNumbers ? "kind" : "working");

function remark() {
  noBand();
  work(sheet.text());
}

function open(text, { as = "", kept = true, find = false, predict = false } = {}) {
  readAs = as;
  noBand();
  explorer.leave();
  finding = find;
  shown.mark(NO_MARKS);
  // Of an exercise to be filled in nothing is given away, nor where a teacher does not wish it.
  shown.predict(predict || Boolean(flags.hideAnswers || flags.hideCauses));
  views = [];
  sheet.open(text);
  if (kept) keep(text);
  work(text);
  counts.show();
}

// Lines, hints, names.

const inWords = (html) => withHtml("p", "", html).textContent;

// The mark of the line that the caret has come to, and what is said of it, for who does not see it.
function sayLine(number) {
  const row = sheet.rows().find(({ line }) => line.number === number);
  if (!row?.verdict) return;
  const notes = row.views.map((view) => inWords(hintAt(view, sheet.hintOf(row.text))?.said ?? view.note));
  say(`Line ${number}, ${word(row.verdict)}. ${notes.filter(Boolean).join(" ")}`);
}

function goToLine(number) {
  if (!number) return;
  tab("sheet");
  sheet.goTo(number);
  sheet.chosen(number);
  const view = views.find(({ line }) => line === number);
  if (!view) return;
  shown.goTo(view.lefts);
  shown.choose(view.focus);
}

// Where a teacher wishes so, right numbers of wrong lines come with their workings.
function veil() {
  const isWaiting = (view) => view.verdict === "wrong" && !hintAt(view, sheet.hintOf(view.source))?.working;
  shown.veil(flags.veilNumbers ? views.filter(isWaiting) : []);
}

function hint({ text, step }) {
  sheet.hint(text, step);
  veil();
  sayLine(sheet.rows().find((row) => row.text === text)?.line.number);
}

function nextHint() {
  const row = sheet.rows().find(({ line, verdict }) => line.number === sheet.caret() && verdict === "wrong");
  if (!row) return;
  const last = Math.max(...row.views.map(({ hints }) => hints.length)) - 1;
  hint({ text: row.text, step: Math.min(sheet.hintOf(row.text) + 1, last) });
}

function link(name) {
  for (const place of all(".lit-name")) place.classList.remove("lit-name");
  shown.light(name);
  if (name === null) return;
  for (const place of all("[data-name]")) {
    if (shown.boxOf(place.dataset.name) === shown.boxOf(name)) place.classList.add("lit-name");
  }
}

document.addEventListener("pointerover", (event) => {
  if (event.target.closest(".graph")) return; // the graph says so itself
  const name = event.target.closest("[data-name]")?.dataset.name ?? null;
  if (name !== null || document.querySelector(".lit-name")) link(name);
});

function selectBox(key) {
  shown.choose(key);
  shown.goToBox(key);
  explorer.choose(key);
}

// Exploring: another number for a given, while the marks wait.

const givenOf = (name) => views.find((view) => view.given && view.focus === name)?.number ?? null;

function putBack() {
  explorer.leave();
  work(sheet.text());
}

// Opening, exercises, sharing, exports.

async function openFile(file) {
  const found = await engine.send("ask", { kind: "opened", content: await file.text(), name: file.name });
  if (found?.text) open(found.text, { as: found.readAs });
  else band(found?.error ?? "There is no text in the file.", "alert", []);
}

async function makeExercise(asked) {
  const found = await engine.send("ask", { kind: "exercise", ...asked });
  if (!found?.text) {
    band(found?.error ?? "The exercise could not be made.", "alert", []);
    return;
  }
  open(found.text, { find: found.planted > 0, predict: asked.form === "blank" });
  history.replaceState(null, "", `#shape=${encodeURIComponent(asked.shape)}&seed=${asked.seed}&form=${asked.form}${flagged(flags).replace("#", "&")}`);
  if (found.planted) band(`${found.planted === 1 ? "One line" : `${found.planted} lines`} of it went wrong. Which one? What follows from it does not count.`, "told", [["Show the marks", reveal]]);
}

// The marks of an exercise whose slip was to be found.
function reveal() {
  noBand();
  finding = false;
  if (hiddenMarks) marked(sheet.text(), hiddenMarks);
}

addEventListener("beforeprint", () => byId("editor").after(printed(sheet.text(), views, sheet.hintOf)));
addEventListener("afterprint", () => document.querySelector(".printed")?.remove());

async function showLink() {
  const asked = Object.fromEntries(all("#share-panel input[type=checkbox]").map((box) => [box.value, box.checked]));
  const hash = await packed(sheet.text(), asked, readAs);
  history.replaceState(null, "", hash);
  byId("share-link").value = location.href;
}

async function copyLink() {
  await showLink();
  byId("share-link").select();
  await navigator.clipboard?.writeText(location.href);
  byId("share-said").textContent = "Copied.";
}

// Keys.

const nextPane = panes(sheet.focus);
const KEYS = {
  F8: (by) => goToLine(counts.next("wrong", by)),
  F9: (by) => (by > 0 ? shown.forward() : shown.back()),
  F2: () => nextHint(),
  F6: nextPane,
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && explorer.isOn()) putBack();
  if (!KEYS[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  KEYS[event.key](event.shiftKey ? -1 : 1);
  event.preventDefault();
});

// The start.

async function start() {
  examplesMenu(first.examples, (row) => {
    history.replaceState(null, "", `#example=${row.name}`);
    open(row.text);
  });
  exportMenu(EXPORTS, saving({
    text: sheet.text,
    drawn: shown.drawn,
    exported: (format) => engine.send("ask", { kind: "export", text: sheet.text(), format, hint: toldAtMost() }),
  }));
  exerciseForm(first.shapes, makeExercise);
  moreMenu();
  opens(byId("share"), byId("share-panel"));
  byId("share").addEventListener("click", showLink);
  byId("share-panel").addEventListener("change", showLink);
  byId("copy").addEventListener("click", copyLink);
  for (const id of ["open", "empty-open"]) byId(id).addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => {
    const [file] = byId("file").files;
    if (file) openFile(file);
    byId("file").value = "";
  });
  byId("empty-examples").addEventListener("click", () => byId("examples-button").click());
  byId("sample").addEventListener("click", () => open(byId("sample").textContent));
  byId("paste").addEventListener("click", async () => {
    const text = await navigator.clipboard.readText().catch(() => "");
    if (text) open(text);
    else sheet.focus();
  });
  byId("editor").addEventListener("dragover", (event) => event.preventDefault());
  byId("editor").addEventListener("drop", (event) => {
    const [file] = event.dataTransfer.files;
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    openFile(file);
  }, true);
  byId("empty").addEventListener("click", (event) => {
    if (!event.target.closest("button")) sheet.focus();
  });
  await fromHash();
  addEventListener("hashchange", fromHash);
}

async function fromHash() {
  const asked = await unpacked(location.hash);
  flags = asked?.flags ?? {};
  const example = first.examples.find(({ name }) => name === asked?.example);
  if (asked?.text !== undefined) open(asked.text, { as: asked.readAs, kept: false });
  else if (asked?.exercise) await makeExercise(asked.exercise);
  else if (example) open(example.text, { kept: false });
  else open(kept(KEPT) ?? first.text, { as: kept(KEPT_READ_AS) ?? "" });
  if (asked?.damaged) band("The link is damaged: what it held could not be read.", "alert", []);
}

function kept(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

start();
