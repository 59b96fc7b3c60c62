// The steps of a walk: one at a time, all that a derivative takes, or each predicted before it shows.
// Numbers, formulas and the verdicts of predictions come with the data; here is only what shows when.

const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const SAID = {
  right: (typed) => `✓ ${typed} is right.`,
  sign: (typed) => `✗ ${typed}: the size is right, the sign is not. Try again.`,
  near: (typed) => `${typed} is near; its last digit is off: the figures shown are rounded.`,
  coarse: (typed) => `${typed} is too coarse: write enough decimals for a digit to count.`,
  wrong: (typed) => `✗ ${typed} is not right. Try again.`,
  unreadable: (typed) =>
    typed ? `${typed} is no number. Write it like −0.57.` : "Type a number first, or have it shown.",
};

// A number as the verdicts have it as a key: no +, a point, a figure before it, no exponent.
export function writtenOut(typed) {
  const text = typed.trim().replace("−", "-").replace(",", ".");
  const match = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?(?:e([+-]?\d{1,3}))?$/i.exec(text);
  if (!match || !(match[2] || match[3])) return null;
  const [, sign, whole, places = "", power = "0"] = match;
  const at = whole.length + Number(power);
  const digits = whole + places;
  const padded = at < 1 ? "0".repeat(1 - at) + digits : digits.padEnd(at, "0");
  const point = Math.max(at, 1);
  const before = padded.slice(0, point).replace(/^0+(?=\d)/, "");
  const behind = padded.slice(point, point + 17);
  return (sign === "-" ? "-" : "") + before + (behind ? `.${behind}` : "");
}

/**
 * The stepper of a page that has its elements.
 * @param data `steps`, `choices`, `marked`
 * @param model the graph's, or null
 * @param onShow called with what the graph shows and what of the lines
 * @param isVeiled whether the number of a left side is not to be shown yet
 */
export function stepper({ steps, choices, marked }, model, onShow, isVeiled = () => false) {
  const items = all("#steps > .step");
  const rows = new Map(all("#known tr").map((row) => [row.dataset.row, row]));
  const everything = steps.map((_, index) => index);
  const bySteps = new Map(choices.map((choice) => [choice.key, choice.steps]));
  const state = { follow: "", active: everything, at: 0, predicting: false, found: new Set() };
  // The step that makes each left side's number known: for a sum its last part.
  const knownAt = new Map(steps.flatMap((step, index) => step.lines.map((left) => [left, index])));

  const current = () => state.active[state.at];
  const step = () => steps[current()];
  const asks = () => step().asks;
  const veiled = (index) => isVeiled(steps[index].lines[0]);
  const isAsked = () => state.predicting && asks() && !state.found.has(current());
  const isHidden = () => isAsked() || veiled(current());
  // Numbers of the steps from this one on are not to be given away.
  const opened = () => (state.predicting ? current() + (isAsked() ? 0 : 1) : steps.length);

  function show() {
    const hidden = isHidden();
    items.forEach((item, place) => {
      item.classList.toggle("current", place === current());
      item.classList.toggle("hidden-number", place === current() && hidden);
    });
    showStrip();
    showTable();
    showDerivation();
    byId("live").textContent = spoken(hidden);
    onShow({
      picture: picture(hidden),
      now: step().lines,
      ahead: (left) => state.predicting && (knownAt.get(left) ?? -1) >= opened(),
      hash: `${state.follow ? `${encodeURIComponent(state.follow)}:` : ""}${state.at + 1}`,
    });
  }

  function showStrip() {
    const count = state.active.length;
    byId("slider").value = state.at;
    byId("place").value = `${state.at + 1} / ${count}`;
    byId("slider").setAttribute("aria-valuetext", `${state.at + 1} of ${count}: ${step().spoken}`);
    byId("slider").style.setProperty("--done", `${(100 * state.at) / Math.max(count - 1, 1)}%`);
    byId("shown-place").textContent = `step ${state.at + 1} of ${count}`;
    const answer = isHidden() ? "?" : step().answer;
    byId("shown-title").innerHTML = `${step().title} = ${answer}`;
    // Not disabled, which would take the focus away.
    for (const id of ["back", "first"]) byId(id).ariaDisabled = String(state.at === 0);
    for (const id of ["next", "last"]) byId(id).ariaDisabled = String(state.at === count - 1);
  }

  // The track: where forward, backward and the update begin, and where the slips are.
  function showTrack(isWrong) {
    const place = (at) => at / Math.max(state.active.length - 1, 1);
    const span = (kind, text = "") => {
      const element = document.createElement("span");
      element.className = kind;
      element.textContent = text;
      return element;
    };
    const [words, dots] = [".phases", ".dots"].map((part) => byId("controls").querySelector(part));
    const phases = state.active.map((index) => steps[index].phase);
    words.replaceChildren();
    let free = 0; // up to here words stand
    phases.forEach((phase, index) => {
      if (phase === phases[index - 1]) return;
      const word = words.appendChild(span("phase", phase));
      const left = Math.min(place(index) * words.clientWidth, words.clientWidth - word.offsetWidth);
      if (left < free) word.remove();
      else free = left + word.offsetWidth + 8;
      word.style.left = `${left}px`;
    });
    dots.replaceChildren();
    state.active.forEach((index, at) => {
      if (steps[index].lines.some(isWrong)) dots.appendChild(span("dot")).style.left = `${100 * place(at)}%`;
    });
  }

  function showTable() {
    const seen = opened();
    const made = new Map(steps.map(({ makes: [name, part] }, index) => [`${part} ${name}`, index]));
    for (const [name, row] of rows) {
      for (const part of ["value", "gradient"]) {
        const from = made.get(`${part} ${name}`) ?? -1;
        row.querySelector(`.${part}`).classList.toggle("veiled", from >= seen || (from >= 0 && veiled(from)));
      }
      row.classList.toggle("now", name === step().makes[0]);
    }
  }

  function showDerivation() {
    const chosen = choices.find(({ key }) => key === state.follow) ?? choices.at(-1);
    const parts = (chosen?.steps ?? []).filter((index) => steps[index].derived && index < opened() && !veiled(index));
    const last = steps[parts.at(-1)]?.derived;
    if (!last) {
      byId("panel-derivation").innerHTML = '<p class="sentence">Nothing of it is known yet.</p>';
      return;
    }
    const section = (title, part) => `<h3>${title}</h3>${parts.map((index) => steps[index].derived[part]).join("")}`;
    const result = `<p class="result maths">${last.left} = ${last.total}</p>`;
    byId("panel-derivation").innerHTML = result + section("Factors", "factor") + section("Chain rule", "product");
  }

  function spoken(hidden) {
    const said = `Step ${state.at + 1}. ${step().spoken}`;
    if (hidden) return isAsked() ? `${said} ${step().asked}` : said;
    return `${said} ${spokenTiles()}`;
  }

  // What the tiles say, in words apart: a fraction's two pieces have a stroke between them.
  function spokenTiles() {
    const pieces = (part) => all(".fraction > span", part).map(({ textContent }) => textContent).join("/") || part.textContent;
    return all(".tile", items[current()]).map((tile) => [...tile.children].map(pieces).join(" ")).join(", ");
  }

  // What the graph shows: all numbers, or where the steps are to make them known only those so far.
  function picture(hidden) {
    const slowly = !marked || state.predicting;
    const shown = {};
    const computed = new Set(steps.filter((s) => s.phase === "forward").map((s) => s.now));
    for (const { key, value } of slowly && model ? model.nodes : []) {
      const known = !computed.has(key) || !state.active.some((index) => steps[index].now === key && steps[index].phase === "forward");
      shown[key] = { value: known ? value : "", gradient: "", sign: 0, known };
    }
    for (const index of state.active.slice(0, state.at + (hidden ? 0 : 1))) {
      for (const set of steps[index].sets) {
        if (slowly || set.name) shown[set.key] = { ...shown[set.key], ...set };
      }
    }
    for (const { key, name } of model?.nodes.filter((node) => shown[node.key]) ?? []) {
      const { value, gradient } = shown[key];
      const called = (shown[key].name ?? name).map(([text]) => text).join("");
      shown[key].said = [called, value && `value ${value}`, gradient && `gradient ${gradient}`].filter(Boolean).join(", ");
    }
    const gone = state.active.slice(0, state.at + (hidden ? 0 : 1)).map((index) => steps[index]);
    const passed = new Set(gone.filter((s) => s.backward).flatMap((s) => s.edges.map((edge) => JSON.stringify(edge))));
    const open = (edge) => slowly && !passed.has(JSON.stringify(edge));
    const veiled = (edge) => state.predicting && open(edge);
    const { now, edges, read, backward } = step();
    return { now, edges, read, backward, shown, open, veiled };
  }

  // Moving.

  function go(at) {
    state.at = Math.min(Math.max(at, 0), state.active.length - 1);
    show();
  }

  function forward() {
    if (isAsked()) reveal("It is");
    else go(state.at + 1);
  }

  function follow(key, at = 0) {
    state.follow = bySteps.has(key) ? key : "";
    state.active = bySteps.get(state.follow) ?? everything;
    byId("slider").max = state.active.length - 1;
    go(at);
  }

  // The step that makes a left side known, or the next one about a node.
  function goTo(isIt) {
    const matches = everything.filter((index) => isIt(steps[index]));
    if (!matches.length) return false;
    const next = matches.find((index) => index > current()) ?? matches[0];
    if (!state.active.includes(next)) follow("", next);
    else go(state.active.indexOf(next));
    return true;
  }

  // Predictions.

  function answer() {
    const item = items[current()];
    const typed = item.querySelector(".ask input").value.trim();
    const written = writtenOut(typed);
    const verdict = written === null ? "unreadable" : (step().answers[written] ?? "wrong");
    item.querySelector(".verdict").textContent = SAID[verdict](typed);
    if (verdict === "right") reveal(SAID.right(typed));
  }

  function reveal(said) {
    const focused = items[current()].querySelector(".ask").contains(document.activeElement);
    state.found.add(current());
    show();
    if (focused) byId("next").focus(); // what had the focus is gone
    byId("live").textContent = `${said} ${spokenTiles()}`;
  }

  function predict(on) {
    state.predicting = on;
    state.found.clear();
    for (const input of all(".ask input")) input.value = "";
    for (const verdict of all(".ask .verdict")) verdict.textContent = "";
    byId("predict").checked = on;
    document.body.classList.toggle("predicting", on);
    show();
  }

  // The panel's tabs.

  const tabs = all(".panel-tabs [role=tab]");
  function panel(tab) {
    for (const one of tabs) {
      one.setAttribute("aria-selected", String(one === tab));
      one.tabIndex = one === tab ? 0 : -1;
      byId(one.getAttribute("aria-controls")).hidden = one !== tab;
    }
  }
  for (const tab of tabs) tab.addEventListener("click", () => panel(tab));
  document.querySelector(".panel-tabs").addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const next = tabs[(tabs.indexOf(document.activeElement) + by + tabs.length) % tabs.length];
    panel(next);
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  });

  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => go(state.at - 1));
  byId("next").addEventListener("click", forward);
  byId("last").addEventListener("click", () => go(state.active.length - 1));
  byId("slider").addEventListener("input", (event) => go(Number(event.target.value)));
  byId("predict").addEventListener("change", (event) => predict(event.target.checked));
  byId("steps").addEventListener("click", (event) => {
    if (event.target.matches(".answer-it")) answer();
    if (event.target.matches(".reveal")) reveal("It is shown.");
  });
  return {
    go,
    goTo,
    show,
    follow,
    forward,
    answer,
    showTrack,
    back: () => go(state.at - 1),
    last: () => go(state.active.length - 1),
    predict: () => predict(!state.predicting),
    followed: () => choices.find(({ key }) => key === state.follow),
  };
}
