// The graph and the steps: the components of the marked page, given what Python worked out.
import { drawGraph } from "../graph.js";
import { listbox } from "../listbox.js";
import { stepper } from "../step.js";
import { all, byId, element, mark, withHtml } from "./dom.js";

const DRAWN_HERE = "The graph of your last quantity is drawn here as you type.";

const WORDS = { wrong: "is wrong", follows: "follows from a wrong one" };

// A number that is not to be shown yet.
const veil = { value: { value: "?" }, gradient: { gradient: "?", sign: 0 } };

function withMarks(node, marks, veiled) {
  const hidden = Object.keys(veil).filter((part) => veiled.has(`${part} ${node.key}`));
  if (hidden.length) return withMarks(Object.assign({ ...node, said: node.key }, ...hidden.map((part) => veil[part])), marks, new Set());
  const said = Object.entries(marks).map(([part, verdict]) => `the line of its ${part} ${WORDS[verdict]}`);
  return { ...node, marks, said: [node.said, ...said].join(", ") };
}

/**
 * @param onHover called with a name, or null
 * @param onSelect called with a node's key
 * @param onStep called with the left sides that the step shown is about
 * @param onPredict called with a step's place and what was typed; gives what is said of it
 */
export function picture({ onHover, onSelect, onStep, onPredict }) {
  let graph = null;
  let steps = null;
  let found = null; // Python's answer to look
  let layouts = "";
  let walk = "";
  let marks = { boxes: new Map(), edges: new Map(), lines: [] };
  let veiled = { lefts: new Set(), parts: new Set() };
  const at = { follow: "", step: 0, tab: "tab-step", predicting: false };

  const pair = ({ tail, head }) => JSON.stringify([tail, head]);
  const marked = (model) => ({
    ...model,
    nodes: model.nodes.map((node) => withMarks(node, marks.boxes.get(node.key) ?? {}, veiled.parts)),
    edges: model.edges.map((edge) => ({ ...edge, mark: marks.edges.get(pair(edge)) ?? "", local: veiled.lefts.has(`d${edge.head}/d${edge.tail}`) ? "?" : edge.local })),
  });

  function showGraph() {
    document.querySelector(".note-of-graph").hidden = found.graph !== null;
    document.body.classList.toggle("without-graph", found.graph === null);
    if (!found.graph) {
      graph = null;
      layouts = "";
      byId("graph").replaceChildren();
      return;
    }
    byId("output").innerHTML = found.output;
    byId("gradient-name").innerHTML = `∂${found.output}/∂name`;
    const model = marked(found.graph.model);
    const drawn = JSON.stringify([found.graph.layouts, model.nodes.map(({ key }) => key), model.edges.map(pair)]);
    if (graph && drawn === layouts) {
      graph.update(model);
      return;
    }
    layouts = drawn;
    const place = element("div", "graph-place");
    byId("graph").replaceChildren(place);
    graph = drawGraph(place, { model, layouts: found.graph.layouts, onHover, onSelect });
  }

  // The steps' elements are made anew for a new walk; place, derivative and panel stay.
  function showSteps() {
    const now = JSON.stringify([found.steps, found.choices]);
    if (now === walk) return;
    walk = now;
    byId("stepper-place").replaceChildren();
    steps = null;
    if (!found.steps.length) return;
    byId("stepper-place").append(byId("stepper-template").content.cloneNode(true));
    byId("steps").append(...found.steps.map(stepElement));
    byId("known").append(...found.table.map(tableRow));
    document.body.classList.toggle("predicting", at.predicting);
    steps = stepper({ steps: found.steps, choices: found.choices, marked: true }, found.graph?.model ?? null, shown, (left) => veiled.lefts.has(left));
    const choice = listbox(byId("follow"), {
      options: [{ key: "", html: "every step" }, ...found.choices],
      label: "follow-label",
      onChoose: (key) => follow(key, 0),
    });
    follow = (key, step) => {
      steps.follow(key, step);
      choice.set(steps.followed()?.key ?? "");
      track();
    };
    if (at.predicting) steps.predict();
    follow(at.follow, at.step);
    byId(at.tab)?.click();
  }
  let follow = () => {};

  function stepElement({ html, asked_html: asked, asks }, index) {
    const place = withHtml("li", "step", html);
    place.id = `step-${index + 1}`;
    if (!asks) return place;
    const ask = element("div", "ask", [
      withHtml("label", "", asked),
      element("input", "", [], { id: `guess-${index + 1}`, inputmode: "decimal", autocomplete: "off", spellcheck: "false", size: "10" }),
      element("button", "answer-it", "Check", { type: "button" }),
      element("button", "reveal", "Show", { type: "button" }),
      element("span", "verdict", "", { role: "status" }),
    ]);
    ask.firstChild.htmlFor = `guess-${index + 1}`;
    place.append(ask);
    return place;
  }

  function tableRow({ key, name, value, gradient }) {
    const row = element("tr", "", [withHtml("th", "maths", name), withHtml("td", "maths value", value), withHtml("td", "maths gradient", gradient)]);
    row.dataset.row = key;
    row.firstChild.scope = "row";
    return row;
  }

  function shown({ picture: drawn, now, hash }) {
    graph?.step(drawn);
    const [, key = "", place] = /^(?:(.+):)?(\d+)$/.exec(hash);
    at.follow = decodeURIComponent(key);
    at.step = Number(place) - 1;
    onStep(now);
  }

  // The lines of the sheet for each step, below it; the slips on the track.
  function ownLines() {
    for (const own of all(".own")) own.remove();
    found?.steps.forEach((step, index) => {
      const lines = step.lines.flatMap((left) => marks.lines.filter((line) => line.lefts.includes(left) && line.set));
      lines.forEach((line, order) => {
        const row = element("div", `row own${order ? " again" : ""}`, element("span", "label", order ? "" : "on your sheet"));
        const said = element("span", "", [mark(line.verdict), element("span", "no", `line ${line.line}`), " "]);
        said.append(withHtml("span", "", line.set));
        row.append(said);
        byId(`step-${index + 1}`)?.append(row);
      });
    });
    track();
  }

  function track() {
    const wrong = new Set(marks.lines.filter(({ verdict }) => verdict === "wrong").flatMap(({ lefts }) => lefts));
    steps?.showTrack((left) => wrong.has(left));
  }

  async function answer() {
    const item = document.querySelector(".step.current");
    const input = item?.querySelector(".ask input");
    if (!input || document.activeElement === null) return;
    const typed = input.value.trim();
    const place = Number(item.id.slice("step-".length)) - 1;
    const verdict = item.querySelector(".verdict");
    if (!typed) {
      verdict.textContent = "Type a number first, or have it shown.";
      return;
    }
    const { verdict: judged, said } = await onPredict(place, typed);
    verdict.textContent = said;
    if (judged === "right") {
      steps.forward(); // it shows what was asked
      byId("next").focus();
    }
  }

  const here = byId("stepper-place");
  here.addEventListener("click", (event) => {
    if (event.target.matches(".answer-it")) {
      event.stopPropagation();
      answer();
    }
    const tab = event.target.closest("[role=tab]");
    if (tab) at.tab = tab.id;
  }, true);
  here.addEventListener("change", (event) => {
    if (event.target.id === "predict") at.predicting = event.target.checked;
  });
  here.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches(".ask input")) {
      event.preventDefault();
      answer();
    }
  });

  return {
    look(next, blank) {
      found = next;
      byId("graph-note").textContent = blank ? DRAWN_HERE : next.note;
      showGraph();
      showSteps();
      ownLines();
    },
    /** The lines whose right numbers are not to be shown yet. */
    veil(views) {
      const lefts = new Set(views.flatMap((view) => view.lefts));
      const output = found?.graph?.model.output;
      const parts = views.flatMap(({ focus }) => [[focus, "value"], [`d${output}/d${focus}`, "gradient"]].flatMap(([left, part]) => (lefts.has(left) ? [`${part} ${focus}`] : [])));
      veiled = { lefts, parts: new Set(parts) };
      if (found?.graph && graph) graph.update(marked(found.graph.model));
      steps?.show();
    },
    /** Other numbers in the graph; the steps keep theirs. */
    numbers(model) {
      if (!graph || !found?.graph) return;
      found.graph.model = model;
      graph.update(marked(model));
    },
    mark({ model, lines }) {
      marks = {
        boxes: new Map(model?.nodes.map((node) => [node.key, node.marks])),
        edges: new Map(model?.edges.map((edge) => [pair(edge), edge.mark])),
        lines,
      };
      if (found?.graph && graph) graph.update(marked(found.graph.model));
      ownLines();
    },
    /** The graph as it is drawn, or nothing. */
    drawn: () => graph?.drawn(),
    predict(on) {
      if (steps && on !== at.predicting) steps.predict();
      at.predicting = on;
    },
    forward: () => steps?.forward(),
    back: () => steps?.back(),
    goTo: (lefts) => steps?.goTo(({ lines }) => lefts.some((left) => lines.includes(left))),
    goToBox: (key) => steps?.goTo(({ now }) => now === key),
    light: (name) => graph?.light(name === null ? null : [boxOf(name)]),
    choose: (name) => graph?.choose(boxOf(name)),
    boxOf: (name) => boxOf(name),
  };

  function boxOf(name) {
    return found?.boxes?.[name] ?? name;
  }
}
