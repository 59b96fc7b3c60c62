// The page in step: graph, formula, table and worksheet lines show the same moment.
// All numbers come from the page's data; nothing is computed here but what is shown when.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const items = all("#steps > .step");
  const rows = new Map(all("#known tr").map((row) => [row.dataset.name, row]));
  const nodes = new Map(all(".picture .node[data-name]").map((g) => [g.dataset.name, g]));
  const edges = all(".picture .edge[data-tail]");
  const lines = all(".line[data-lefts]").map((line) => [line, line.dataset.lefts.split(" ")]);
  // The step that makes each left side's number known: for a sum its last part.
  const knownAt = new Map();
  data.steps.forEach((s, index) => {
    for (const left of s.lines) knownAt.set(left, index);
  });
  const described = document.querySelector(".picture desc");
  const description = described?.textContent;
  const finals = new Map([...rows].map(([name, row]) => [name, cells(row)]));
  const choices = new Map(data.choices.map((choice) => [choice.key, choice.steps]));
  const titles = new Map();
  for (const thing of [...nodes.values(), ...edges]) {
    titles.set(thing, thing.querySelector("title").textContent);
  }
  const PACE = 2200;

  const state = {
    follow: "",
    active: data.steps.map((_, index) => index), // the steps that are followed
    at: 0, // which of them is shown
    predicting: false,
    found: new Set(), // steps whose number was found or given up
    timer: 0,
  };

  function cells(row) {
    const text = (name) => row.querySelector(`.${name}`).textContent;
    return { value: text("value"), gradient: text("gradient"), state: text("state") };
  }

  // What is known of every name after the first `count` of the followed steps.
  function known(count) {
    const steps = state.active.map((index) => data.steps[index]);
    const computed = new Set(steps.filter((s) => s.kind === "forward").map((s) => s.name));
    const found = new Map();
    for (const [name, final] of finals) {
      const reached = !computed.has(name);
      found.set(name, { value: reached ? final.value : "", gradient: "", state: "", reached });
    }
    for (const step of steps.slice(0, count)) {
      for (const set of step.sets) {
        found.set(set.name, { ...found.get(set.name), ...set, reached: true });
      }
    }
    return found;
  }

  const current = () => state.active[state.at];
  const step = () => data.steps[current()];
  // Numbers of the steps from this one on are not to be given away.
  const opened = () => (state.predicting ? current() + (isHidden() ? 0 : 1) : data.steps.length);
  const isHidden = () =>
    state.predicting && step().predicted !== null && !state.found.has(current());

  function show() {
    const index = current();
    const hidden = isHidden();
    items.forEach((item, place) => {
      item.classList.toggle("current", place === index);
      item.classList.toggle("hidden-number", place === index && hidden);
    });
    showTable(hidden);
    showGraph(hidden);
    showLines();
    byId("slider").value = state.at;
    byId("place").value = `${state.at + 1} of ${state.active.length}`;
    byId("slider").setAttribute("aria-valuetext", `${byId("place").value}: ${heading(items[index])}`);
    // Not disabled, which would take the focus away.
    for (const id of ["back", "first"]) byId(id).ariaDisabled = String(state.at === 0);
    const last = state.at === state.active.length - 1;
    for (const id of ["next", "last"]) byId(id).ariaDisabled = String(last);
    items[index].querySelector(".number").textContent = state.at + 1;
    reachable(items[index]);
    byId("live").textContent = spoken(items[index], hidden);
    const follow = state.follow ? `${encodeURIComponent(state.follow)}:` : "";
    // A page in a notebook has no address of its own.
    if (location.protocol !== "about:") history.replaceState(null, "", `#${follow}${state.at + 1}`);
  }

  // A formula too wide for its place scrolls, and so must be reachable by keyboard.
  function reachable(root) {
    for (const cell of all("dd", root)) {
      cell.toggleAttribute("tabindex", cell.scrollWidth > cell.clientWidth);
      if (cell.hasAttribute("tabindex")) cell.setAttribute("tabindex", "0");
    }
  }

  const heading = (item) => item.querySelector("h2").lastChild.textContent.trim();

  function spoken(item, hidden) {
    const said = `Step ${state.at + 1}, ${heading(item)}. ${item.querySelector(".sentence").textContent}`;
    if (hidden) return `${said} ${item.querySelector(".ask label").textContent}`;
    return `${said} ${numbers(step())}`;
  }

  // What a step makes known, in words: of many given numbers, how many.
  function numbers({ kind, sets }) {
    if (kind === "given") return "";
    const words = sets.map(({ name, value, gradient, state: of }) =>
      gradient === undefined
        ? `${shownName(name)} is ${value || "computed"}.`
        : `Its gradient is ${gradient}${of === "complete" ? "" : `, with ${of}`}.`,
    );
    return words.join(" ");
  }

  function showTable(hidden) {
    const before = known(state.at);
    const after = known(state.at + 1);
    for (const [name, row] of rows) {
      const now = name === step().name;
      fill(row, now && hidden ? before.get(name) : after.get(name));
      row.classList.toggle("now", now);
    }
    const row = rows.get(step().name);
    if (row) bring(row, row.closest(".scroll"), row.closest("table").tHead.offsetHeight);
  }

  function fill(row, known) {
    for (const cell of ["value", "gradient", "state"]) {
      row.querySelector(`.${cell}`).textContent = known[cell];
    }
  }

  function showLines() {
    const open = opened();
    for (const [line, lefts] of lines) {
      line.classList.toggle("now", step().lines.some((left) => lefts.includes(left)));
      // Its numbers would give a prediction away.
      line.classList.toggle("ahead", lefts.some((left) => (knownAt.get(left) ?? -1) >= open));
    }
    const now = lines.filter(([line]) => line.classList.contains("now"));
    if (now.length) bring(now.at(-1)[0], now[0][0].closest(".lines"), 0);
  }

  // Scroll a box, and not the page, until what is in it shows below its head.
  function bring(element, box, head) {
    const inner = element.getBoundingClientRect();
    const outer = box.getBoundingClientRect();
    if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
    if (inner.top < outer.top + head) box.scrollTop -= outer.top + head - inner.top;
  }

  function bringSideways(element, box) {
    const inner = element.getBoundingClientRect();
    const outer = box.getBoundingClientRect();
    if (inner.right > outer.right) box.scrollLeft += inner.right - outer.right + 12;
    if (inner.left < outer.left) box.scrollLeft -= outer.left - inner.left + 12;
  }

  function showGraph(hidden) {
    const before = known(state.at);
    const after = known(state.at + 1);
    for (const [name, node] of nodes) {
      const now = name === step().name;
      const shown = (now && hidden ? before : after).get(name);
      write(node, shown);
      node.classList.toggle("now", now);
      node.classList.toggle("unknown", shown?.reached === false);
      const whole = !state.predicting || (shown?.value && shown.state === "complete");
      node.querySelector("title").textContent = whole ? titles.get(node) : shownName(name);
    }
    const picture = document.querySelector(".picture");
    const node = nodes.get(step().name);
    if (node) bringSideways(node, picture);
    if (described) described.textContent = state.predicting ? "" : description;
    const passed = new Set();
    for (const index of state.active.slice(0, state.at + (hidden ? 0 : 1))) {
      const { kind, name, user } = data.steps[index];
      if (kind === "backward") passed.add(JSON.stringify([name, user]));
    }
    for (const edge of edges) {
      const { tail, head } = edge.dataset;
      const forward = step().kind === "forward" && head === step().name;
      const backward = step().kind === "backward" && tail === step().name && head === step().user;
      edge.classList.toggle("now", forward || backward);
      edge.classList.toggle("unknown", [tail, head].some((name) => after.get(name)?.reached === false));
      const known = passed.has(JSON.stringify([tail, head]));
      edge.classList.toggle("no-factor", !known);
      const arrow = `from ${shownName(tail)} to ${shownName(head)}`;
      edge.querySelector("title").textContent = state.predicting && !known ? arrow : titles.get(edge);
    }
  }

  // The numbers in a node's box; what is not known yet keeps its place and is not shown.
  function write(node, { value, gradient } = { value: "", gradient: "" }) {
    node.classList.toggle("no-value", value === "");
    node.classList.toggle("no-gradient", gradient === "");
    for (const [part, text] of Object.entries({ value, gradient })) {
      const place = node.querySelector(`tspan.${part}`);
      if (place && text) place.textContent = text;
    }
  }

  // On paper the graph and the table are complete.
  function complete() {
    for (const [name, row] of rows) fill(row, finals.get(name));
    for (const [name, node] of nodes) write(node, finals.get(name));
    for (const thing of [...nodes.values(), ...edges]) {
      thing.classList.remove("now", "unknown", "no-factor");
    }
  }

  // Moving.

  function go(at) {
    state.at = Math.min(Math.max(at, 0), state.active.length - 1);
    show();
  }

  function forward() {
    if (isHidden()) reveal("It is");
    else if (state.at + 1 < state.active.length) go(state.at + 1);
    else stop();
  }

  function follow(key, at = 0) {
    state.follow = choices.has(key) ? key : "";
    state.active = choices.get(state.follow) ?? data.steps.map((_, index) => index);
    byId("follow").value = state.follow;
    byId("slider").max = state.active.length - 1;
    const on = new Set(state.follow ? data.choices.find((c) => c.key === state.follow).names : []);
    for (const [name, node] of nodes) node.classList.toggle("followed", on.has(name));
    for (const edge of edges) {
      edge.classList.toggle("followed", on.has(edge.dataset.tail) && on.has(edge.dataset.head));
    }
    document.body.classList.toggle("following", state.follow !== "");
    go(at);
  }

  function play() {
    if (state.timer) {
      stop();
      return;
    }
    if (state.at + 1 === state.active.length) go(0);
    state.timer = setInterval(forward, PACE);
    byId("play").setAttribute("aria-pressed", "true");
  }

  function stop() {
    clearInterval(state.timer);
    state.timer = 0;
    byId("play").setAttribute("aria-pressed", "false");
  }

  // Predictions: right to the places that were typed.

  function judge(typed, value) {
    const text = typed.trim().replace("−", "-");
    if (!/^[+-]?(\d{1,40}\.?\d{0,40}|\.\d{1,40})(e[+-]?\d{1,3})?$/i.test(text)) return "unreadable";
    const number = Number(text);
    const [mantissa, exponent] = text.toLowerCase().split("e");
    const places = (mantissa.split(".")[1] ?? "").length - Number(exponent ?? 0);
    const half = 0.5 * 10 ** -places;
    const slack = 1e-12 * Math.max(Math.abs(value), half);
    if (Math.abs(number - value) <= half + slack) {
      const exact = Math.abs(number - value) <= 1e-12 * Math.abs(value);
      return (places <= 0 || number === 0) && !exact ? "coarse" : "right";
    }
    if (Math.abs(number + value) <= half + slack) return "sign";
    const figures = mantissa.replace(/[^\d]/g, "").replace(/^0+/, "").length;
    const near = figures > 1 && !Number.isInteger(value);
    return near && Math.abs(number - value) <= 3 * half + slack ? "near" : "wrong";
  }

  const SAID = {
    right: (typed) => `✓ ${typed} is right.`,
    sign: (typed) => `✗ ${typed}: the size is right, the sign is not. Try again.`,
    near: (typed) => `${typed} is near; its last digit is off: the figures shown are rounded.`,
    coarse: (typed) => `${typed} is too coarse: write enough decimals for a digit to count.`,
    wrong: (typed) => `✗ ${typed} is not right. Try again.`,
    unreadable: (typed) =>
      typed ? `${typed} is no number. Write it like −0.57.` : "Type a number first, or have it shown.",
  };

  function answer() {
    const item = items[current()];
    const typed = item.querySelector(".ask input").value;
    const verdict = judge(typed, step().predicted);
    item.querySelector(".verdict").textContent = SAID[verdict](typed.trim());
    if (verdict === "right") reveal(SAID.right(typed.trim()));
  }

  function reveal(said) {
    const focused = items[current()].querySelector(".ask").contains(document.activeElement);
    state.found.add(current());
    show();
    if (focused) byId("next").focus(); // what had the focus is gone
    byId("live").textContent = `${said} ${items[current()].querySelector("dl").textContent}`.replace(/\s+/g, " ");
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

  // A node's rule and its sum, in a dialog.

  const shownName = (name) => rows.get(name)?.querySelector("th").textContent ?? name;

  function details(name) {
    const template = all("template[data-node]").find((t) => t.dataset.node === name);
    if (!template) return;
    stop();
    byId("details-title").textContent = shownName(name);
    byId("details-body").replaceChildren(template.content.cloneNode(true));
    for (const answer of all(".answer", byId("details-body"))) {
      if (Number(answer.dataset.step) >= opened()) answer.textContent = " = ?";
    }
    byId("details").showModal();
    reachable(byId("details"));
  }

  // The hash is `#12`, or `#dE/dw5:12` for the steps of one derivative.

  function decoded(hash) {
    try {
      return decodeURIComponent(hash);
    } catch {
      return "";
    }
  }

  function fromHash() {
    const hash = decoded(location.hash.slice(1));
    const match = /^(?:(.+):)?(\d+)$/.exec(hash);
    if (match) follow(match[1] ?? "", Number(match[2]) - 1);
    else follow(hash);
  }

  const KEYS = {
    ArrowRight: forward,
    ArrowLeft: () => go(state.at - 1),
    Home: () => go(0),
    End: () => go(state.active.length - 1),
    " ": play,
    p: () => predict(!state.predicting),
  };

  // What is focused and wider or higher than its place is scrolled by the keys, not stepped.
  function scrolls({ target, key }) {
    if (!target.matches(".picture, .scroll, .lines, dd")) return false;
    if (key === "Home" || key === "End") return target.scrollHeight > target.clientHeight;
    return key.startsWith("Arrow") && target.scrollWidth > target.clientWidth;
  }

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    const pressing = event.target.closest("button, a, input, [role=button]") && event.key === " ";
    if (event.key === "Enter" && event.target.matches(".ask input")) answer();
    else if (typing || pressing || byId("details").open || scrolls(event)) return;
    else if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    else KEYS[event.key]();
    event.preventDefault();
  });

  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("first").addEventListener("click", () => go(0));
  byId("back").addEventListener("click", () => go(state.at - 1));
  byId("next").addEventListener("click", forward);
  byId("last").addEventListener("click", () => go(state.active.length - 1));
  byId("play").addEventListener("click", play);
  byId("slider").addEventListener("input", (event) => go(Number(event.target.value)));
  byId("follow").addEventListener("change", (event) => follow(event.target.value));
  byId("predict").addEventListener("change", (event) => predict(event.target.checked));
  byId("steps").addEventListener("click", (event) => {
    if (event.target.matches(".answer-it")) answer();
    if (event.target.matches(".reveal")) reveal("It is shown.");
  });
  for (const [name, node] of nodes) {
    node.setAttribute("tabindex", "0");
    node.setAttribute("role", "button");
    node.setAttribute("aria-label", `${shownName(name)}: rule and sum`);
    node.addEventListener("click", () => details(name));
    node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        event.stopPropagation();
        details(name);
      }
    });
  }
  // An image has no buttons in it; a group may.
  document.querySelector(".picture svg")?.setAttribute("role", "group");
  window.addEventListener("hashchange", fromHash);
  // A click on what is behind the dialog closes it.
  byId("details").addEventListener("click", (event) => {
    if (event.target === byId("details")) byId("details").close();
  });
  window.addEventListener("beforeprint", complete);
  window.addEventListener("afterprint", show);

  document.body.classList.add("stepping");
  fromHash();
})();
