// The playground: what is typed goes to Python in the worker, what comes back is shown.
import { all, byId, button, element, mark, withHtml, word } from "./dom.js";
import { editor } from "./editor.js";
import { exploring } from "./exploring.js";
import { asPng, asSvg } from "./exporting.js";
import { lanes } from "./lanes.js";
import { HINTS } from "./lines.js";
import { examplesMenu, exerciseForm, exportMenu, moreMenu, opens } from "./menus.js";
import { picture } from "./picture.js";
import { plainEditor } from "./plain.js";
import { printed } from "./printing.js";
import { flagged, packed, unpacked } from "./share.js";

const REST = 140; // of a drag, before more than numbers is shown
const KEPT = "micrograd-like:sheet";
const ORDER = ["wrong", "follows", "right", "taken", "unchecked", "unreadable"];
const NAMED = { wrong: "wrong", follows: "follow", right: "right" };
const EXPORTS = [
  ["page", "Marked page (.html)"],
  ["svg", "Graph (.svg)"],
  ["png", "Graph (.png)"],
  ["latex", "Marks in LaTeX (.tex)"],
  ["markdown", "Marks in Markdown (.md)"],
  ["json", "Marks for programs (.json)"],
  ["sheet", "The sheet as it is (.txt)"],
  ["print", "Print…"],
];

const first = await (await fetch("first.json")).json();
let flags = {};
let views = []; // the marked lines of the text
let explored = null; // {name, values: {name: number}, text of what is looked at}
let rest = 0;
let asTyped = false;
let hiddenMarks = null; // of an exercise whose slip is to be found: the answer that waits
let finding = false;

const engine = lanes(() => new Worker("worker.js", { type: "module" }), engineState);

const sheet = anEditor(byId("editor"), {
  onText: changed,
  onCaret: (line) => {
    showCounts();
    sayLine(line);
  },
  onAct: (what, value) => (what === "hint" ? hint(value) : goToLine(value)),
});
const shown = picture({
  onHover: link,
  onSelect: selectBox,
  onStep: (lefts) => sheet.now(views.filter((view) => view.lefts.some((left) => lefts.includes(left))).map(({ line }) => line)),
  onPredict: async (step, typed) => {
    const reply = await engine.send("ask", { kind: "predict", text: explored?.text ?? sheet.text(), step, typed });
    return reply?.said ? reply : { verdict: "", said: reply?.error ?? "Python is not there yet." };
  },
});
const slider = exploring({ givenOf, onValue: explore });

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
  if (state === "failed") band(`Python could not be started: ${reason} Your text is safe.`, "alert", []);
}

// The band below the bar: words, and buttons; alone in its kind.
function band(text, kind, buttons) {
  byId("band-text").replaceChildren(text);
  byId("band").hidden = false;
  byId("band").className = `band ${kind}`;
  if (kind === "alert") byId("band").setAttribute("role", "alert");
  else byId("band").removeAttribute("role");
  byId("band-buttons").replaceChildren(...buttons.map(([words, act]) => button(words, act)));
}

function noBand() {
  byId("band").hidden = true;
}

const say = (text) => {
  byId("said").textContent = text;
};

// The text.

function changed(text) {
  history.replaceState(null, "", `${location.pathname}${flagged(flags)}`); // it is another one than the link's
  sheet.typing(true);
  leave();
  keep(text);
  work(text);
}

function keep(text) {
  try {
    localStorage.setItem(KEPT, text);
  } catch {
    // Where nothing can be kept the text lives as long as the page.
  }
}

function work(text) {
  byId("empty").hidden = text.trim() !== "";
  document.body.classList.toggle("is-empty", text.trim() === "");
  if (text === first.text) {
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
  return { ...view, verdict, note: said ? view.note : "", sources: [], heirs: [] };
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
  if (byId("band").classList.contains("alert")) noBand();
  shown.look(found, text.trim() === "");
}

function show(text, lines) {
  const rows = text.split("\n");
  views = lines.map((view) => ({ ...limited(view), source: rows[view.line - 1] }));
  sheet.show(text, views);
  showCounts();
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
  if (flags.hideCauses) return { ...view, note: view.verdict === "wrong" ? "This line is wrong." : view.note, kind: "", working: "", true: "" };
  return flags.hideAnswers ? { ...view, working: "", true: "" } : view;
}

function remark() {
  noBand();
  work(sheet.text());
}

function open(text, { kept = true, find = false, predict = false } = {}) {
  noBand();
  leave();
  finding = find;
  shown.mark({ model: null, lines: [] });
  // Of an exercise to be filled in nothing is given away, nor where a teacher does not wish it.
  shown.predict(predict || Boolean(flags.hideAnswers || flags.hideCauses));
  views = [];
  sheet.open(text);
  if (kept) keep(text);
  work(text);
  showCounts();
}

// Counts, each a button to the next such line.

function counted() {
  const rows = sheet.rows();
  return new Map(ORDER.map((verdict) => [verdict, rows.flatMap((row) => row.views.filter((view) => view.verdict === verdict).map(() => row.line.number))]));
}

function showCounts() {
  const counts = counted();
  const focused = document.activeElement?.dataset?.verdict;
  const buttons = [...counts].filter(([, lines]) => lines.length).map(([verdict, lines]) => {
    const made = button([mark(verdict), element("b", "", String(lines.length)), element("span", "count-word", NAMED[verdict] ?? "")], () => goToLine(next(lines)), "count");
    made.dataset.verdict = verdict;
    return made;
  });
  const typed = button("As typed", () => {
    asTyped = !asTyped;
    sheet.asTyped(asTyped);
    typed.setAttribute("aria-pressed", String(asTyped));
  }, "as-typed");
  typed.setAttribute("aria-pressed", String(asTyped));
  byId("counts").replaceChildren(...buttons, typed);
  if (focused) byId("counts").querySelector(`[data-verdict="${focused}"]`)?.focus();
  const wrong = counts.get("wrong").length;
  showRuler(counts);
  byId("badge").hidden = wrong === 0;
  byId("badge").textContent = wrong;
}

// Where in the sheet the lines to look at are.
function showRuler(counts) {
  const all = sheet.length();
  const ticks = ["unchecked", "follows", "unreadable", "wrong"].flatMap((verdict) =>
    counts.get(verdict).map((line) => {
      const tick = element("i", verdict);
      tick.style.top = `${(100 * (line - 0.5)) / all}%`;
      return tick;
    }),
  );
  byId("ruler").replaceChildren(...ticks);
}

const next = (lines, by = 1) => {
  const at = sheet.caret();
  const order = by > 0 ? lines : [...lines].reverse();
  return order.find((line) => (by > 0 ? line > at : line < at)) ?? order[0];
};

function spokenCounts(report) {
  return ["wrong", "follows", "right", "unchecked", "unreadable"].filter((verdict) => report[verdict]).map((verdict) => `${report[verdict]} ${verdict}`).join(", ");
}

// Lines, hints, names.

// The mark of the line that the caret has come to, and what is said of it, for who does not see it.
function sayLine(number) {
  const row = sheet.rows().find(({ line }) => line.number === number);
  if (!row?.verdict) return;
  const notes = row.views.map((view) => withHtml("p", "", (sheet.hintOf(row.text) < 2 && view.kind) || view.note).textContent);
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
  const isWaiting = ({ verdict, source }) => verdict === "wrong" && sheet.hintOf(source) < HINTS.indexOf("working");
  shown.veil(flags.veilNumbers ? views.filter(isWaiting) : []);
}

function hint({ text, step }) {
  sheet.hint(text, step);
  veil();
  say(["", "The kind of slip is shown.", "The piece is underlined.", "The right working is shown."][step]);
}

function nextHint() {
  const row = sheet.rows().find(({ line, verdict }) => line.number === sheet.caret() && verdict === "wrong");
  if (!row) return;
  const last = row.views.some((view) => view.working) ? 3 : 2;
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
  if (slider.open(key)) slider.focus();
  else slider.close();
}

// Exploring: another number for a given, while the marks wait.

function givenOf(name) {
  if (flags.fixedGivens) return null;
  return explored?.values[name] ?? views.find((view) => view.given && view.focus === name)?.number ?? null;
}

const asExplored = () => ({ text: sheet.text(), values: explored.values });

// The numbers follow the pointer; all else comes when it rests.
async function explore(name, value) {
  explored = { ...explored, name, values: { ...explored?.values, [name]: value } };
  document.body.classList.add("exploring");
  clearTimeout(rest);
  rest = setTimeout(lookAtRest, REST);
  const { values } = explored;
  const found = await engine.send("drag", { kind: "drag", ...asExplored() });
  if (!found || explored?.values !== values) return;
  if (found.error) {
    say(found.error);
    return;
  }
  shown.numbers(found.model);
  const { shown: called, was } = found.said[name];
  const number = String(value).replace("-", "−");
  slider.called(called);
  const said = element("span", "", ["Exploring ", withHtml("span", "maths", called), ` = ${number}. `, element("span", "more-said", `Your sheet says ${was}; its marks wait.`)]);
  band(said, "exploring-band", [
    [`Keep ${number}`, keepExplored],
    ["Put back", putBack],
  ]);
}

async function lookAtRest() {
  if (!explored) return;
  const { values } = explored;
  const found = await engine.send("look", { kind: "explore", ...asExplored() });
  if (!found || found.error || explored?.values !== values) return;
  explored.text = found.text;
  shown.look(found);
}

async function keepExplored() {
  const found = await engine.send("ask", { kind: "put", ...asExplored() });
  if (found?.text) open(found.text);
}

function leave() {
  if (!explored) return;
  explored = null;
  clearTimeout(rest);
  document.body.classList.remove("exploring");
  slider.close();
  noBand();
}

function putBack() {
  leave();
  work(sheet.text());
}

// Opening, exercises, sharing, exports.

async function openFile(file) {
  const text = await file.text();
  if (!file.name.endsWith(".ipynb")) {
    open(text);
    return;
  }
  const found = await engine.send("ask", { kind: "notebook", text });
  if (found?.text) open(found.text);
  else band(found?.error ?? "The notebook could not be read.", "alert", []);
}

async function makeExercise(asked) {
  const found = await engine.send("ask", { kind: "exercise", ...asked });
  if (!found?.text) {
    band(found?.error ?? "The exercise could not be made.", "alert", []);
    return;
  }
  open(found.text, { find: found.planted > 0, predict: asked.form === "blank" });
  history.replaceState(null, "", `#shape=${encodeURIComponent(asked.shape)}&seed=${asked.seed}&form=${asked.form}`);
  if (found.planted) band(`${found.planted === 1 ? "One line" : `${found.planted} lines`} of it went wrong. Which one? What follows from it does not count.`, "told", [["Show the marks", reveal]]);
}

// The marks of an exercise whose slip was to be found.
function reveal() {
  noBand();
  finding = false;
  if (hiddenMarks) marked(sheet.text(), hiddenMarks);
}

function download(name, content, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = element("a", "", "", { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const FILES = { page: ["marked.html", "text/html"], svg: ["graph.svg", "image/svg+xml"], png: ["graph.png", "image/png"], latex: ["marks.tex", "text/x-tex"], markdown: ["marks.md", "text/markdown"], json: ["marks.json", "application/json"], sheet: ["sheet.txt", "text/plain"] };

async function save(kind) {
  if (kind === "print") {
    print();
    return;
  }
  const content = await contentOf(kind);
  if (content) download(FILES[kind][0], content, FILES[kind][1]);
}

async function contentOf(kind) {
  if (kind === "sheet") return sheet.text();
  if (kind === "svg" || kind === "png") {
    const drawn = shown.drawn();
    if (!drawn) {
      band("There is no graph yet.", "told", []);
      return null;
    }
    const svg = await asSvg(drawn);
    return kind === "svg" ? svg : asPng(svg);
  }
  const found = await engine.send("ask", { kind: "export", text: sheet.text(), format: kind });
  if (!found?.text) band(found?.error ?? "That could not be made.", "alert", []);
  return found?.text;
}

addEventListener("beforeprint", () => byId("editor").after(printed(sheet.text(), views, sheet.hintOf)));
addEventListener("afterprint", () => document.querySelector(".printed")?.remove());

async function showLink() {
  const asked = Object.fromEntries(all("#share-panel input[type=checkbox]").map((box) => [box.value, box.checked]));
  const hash = await packed(sheet.text(), asked);
  history.replaceState(null, "", hash);
  byId("share-link").value = location.href;
}

async function copyLink() {
  await showLink();
  byId("share-link").select();
  await navigator.clipboard?.writeText(location.href);
  byId("share-said").textContent = "Copied.";
}

// Keys, tabs.

function tab(name) {
  document.body.dataset.tab = name;
  for (const one of all(".tabs button")) one.setAttribute("aria-pressed", String(one.dataset.tab === name));
}

const PANES = [() => sheet.focus(), () => document.querySelector(".graph .node[tabindex='0']")?.focus(), () => byId("next")?.focus()];

function nextPane(by) {
  const active = document.activeElement;
  const at = active?.closest(".sheet-pane") ? 0 : active?.closest(".graph-pane") ? 1 : active?.closest(".stepper") ? 2 : -1;
  const to = (at + by + PANES.length) % PANES.length;
  tab(["sheet", "graph", "step"][to]);
  PANES[to]();
}

const KEYS = {
  F8: (by) => goToLine(next(counted().get("wrong"), by)),
  F9: (by) => (by > 0 ? shown.forward() : shown.back()),
  F2: () => nextHint(),
  F6: (by) => nextPane(by),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && explored) putBack();
  if (!KEYS[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
  KEYS[event.key](event.shiftKey ? -1 : 1);
  event.preventDefault();
});
document.querySelector(".tabs").addEventListener("click", (event) => {
  const pressed = event.target.closest("button");
  if (pressed) tab(pressed.dataset.tab);
});

// The start.

async function start() {
  examplesMenu(first.examples, (row) => {
    history.replaceState(null, "", `#example=${row.name}`);
    open(row.text);
  });
  exportMenu(EXPORTS, save);
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
  if (asked?.text !== undefined) open(asked.text, { kept: false });
  else if (asked?.exercise) await makeExercise(asked.exercise);
  else if (example) open(example.text, { kept: false });
  else open(kept() ?? first.text);
  if (asked?.damaged) band("The link is damaged: what it held could not be read.", "alert", []);
}

function kept() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

start();
