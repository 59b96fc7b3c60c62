// A computation graph: boxes with name, value and gradient, arrows as wide as what flows back.
// It shows a model and a layout, both worked out in Python; here is only what stands where.
import { arrowhead, badge, curve, make, writeRuns } from "./shapes.js";

const FIGURES = 14.6; // the size of the numbers in a box, before the graph is scaled
const HIGH = 48;
const PHONE = 700;
const LARGEST = 1;
const SHARE = 0.53; // of the window's height, where the place has none of its own
const PAPER = 700; // the width of a printed page

const pair = (tail, head) => JSON.stringify([tail, head]);

const SIGNS = { "-1": "minus", 0: "none", 1: "plus" };

/**
 * Draws a graph into an element, and returns what can be done with it.
 * @param place the element; with a height of its own the graph is fitted into it
 * @param model what `graph_model` made: nodes, edges, marks
 * @param layouts what `layouts` made: `along` from left to right, `upright` for narrow places
 * @param onHover called with a node's key, or null
 * @param onSelect called with a node's key
 * @param tools where the buttons to zoom stand: an element, else in the corner
 */
export function drawGraph(place, { model, layouts, onHover, onSelect, tools = place }) {
  const svg = make("svg", { class: "graph", role: "group" });
  const map = make("svg", { class: "graph-map", "aria-hidden": "true" });
  const nodes = new Map();
  const edges = new Map();
  let current = model;
  let layout = null;
  const view = { x: 0, y: 0, scale: 1 };
  let size = { width: 0, height: 0 };
  let zoomed = false; // by hand: then it is not fitted again
  let state = {};
  let seen = null; // what was on the screen, while it is printed
  let centred = model.output;
  let reached = model.output; // the box that Tab leads to
  place.classList.add("graph-view");
  place.replaceChildren(svg, map);

  // Building.

  function build() {
    nodes.clear();
    edges.clear();
    svg.replaceChildren();
    map.replaceChildren();
    const below = make("g", {}, svg);
    const above = make("g", {}, svg);
    const labels = make("g", {}, svg);
    for (const [index, edge] of current.edges.entries()) buildEdge(below, labels, edge, layout.curves[index]);
    for (const node of current.nodes) buildNode(above, node, layout.boxes[node.key]);
    map.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
    make("rect", { class: "seen", "stroke-width": 8 }, map);
    fill();
    show();
  }

  function buildNode(parent, node, [x, y]) {
    const wide = node.width;
    const [left, top] = [-wide / 2, -HIGH / 2];
    const corner = { input: 2, parameter: HIGH / 2, interior: 8, output: 8, constant: 2 }[node.role];
    const box = (kind, out, more) => ({ class: kind, x: left - out, y: top - out, width: wide + 2 * out, height: HIGH + 2 * out, rx: corner + more });
    const group = make("g", { class: `node ${node.role}`, role: "button", tabindex: node.key === reached ? 0 : -1, transform: `translate(${x} ${y})` }, parent);
    group.dataset.key = node.key;
    group.dataset.name = node.key;
    if (node.formula) make("title", {}, group, `${node.name.map(([text]) => text).join("")} = ${node.formula}`);
    make("rect", box("focus", 6.5, 6.5), group);
    make("rect", box("ring", 4, 4), group);
    make("rect", box("outline", 0, 0), group);
    if (node.role === "output") make("rect", box("inline", -3, -3), group);
    const texts = { name: [left + 10, -4], value: [-left - 10, -5], del: [left + 11, 16], gradient: [-left - 10, 16] };
    for (const [kind, [tx, ty]] of Object.entries(texts)) make("text", { class: kind, x: tx, y: ty }, group);
    make("g", { class: "badges" }, group);
    nodes.set(node.key, group);
    make("rect", { x: x + left, y: y + top, width: wide, height: HIGH, rx: 12 }, map);
  }

  function buildEdge(parent, labels, edge, { points, label: [x, y] }) {
    const group = make("g", { class: "edge" }, parent);
    group.dataset.tail = edge.tail;
    group.dataset.head = edge.head;
    make("path", { class: "curve" }, group);
    make("polygon", { class: "head" }, group);
    make("polygon", { class: "back" }, group);
    make("g", { class: "badges" }, group);
    const label = make("text", { class: "local", x, y: y + 5 }, labels);
    edges.set(pair(edge.tail, edge.head), { group, label, points });
  }

  // What changes without a new layout: numbers, widths, marks, and what a step shows.

  function fill() {
    svg.setAttribute("aria-label", `Graph of ${current.name.map(([text]) => text).join("")}`);
    const now = new Set(state.edges?.map(([tail, head]) => pair(tail, head)));
    for (const edge of current.edges) fillEdge(edge, now.has(pair(edge.tail, edge.head)));
    for (const node of current.nodes) fillNode(node, state.shown?.[node.key]);
  }

  function fillNode(node, shown = {}) {
    const group = nodes.get(node.key);
    const now = { ...node, ...shown };
    writeRuns(group.querySelector(".name"), now.name);
    group.querySelector(".value").textContent = now.value;
    group.querySelector(".gradient").textContent = now.gradient;
    group.querySelector(".gradient").setAttribute("class", `gradient ${SIGNS[now.sign]}`);
    group.querySelector(".del").textContent = now.gradient ? "∇" : "";
    group.setAttribute("aria-label", now.said);
    group.classList.toggle("unknown", now.known === false);
    group.classList.toggle("now", state.now === node.key);
    group.classList.toggle("read", Boolean(state.read?.includes(node.key)));
    const badges = group.querySelector(".badges");
    badges.replaceChildren();
    const marks = shown.name ? {} : node.marks; // those of another quantity, once it is renewed
    const kinds = Object.values(marks);
    group.classList.toggle("wrong", kinds.includes("wrong"));
    group.classList.toggle("follows", !kinds.includes("wrong") && kinds.includes("follows"));
    const right = node.width / 2 + 2;
    for (const [part, kind] of Object.entries(marks)) {
      badge(badges, kind, right, part === "value" ? -HIGH / 2 - 2 : HIGH / 2 + 2);
    }
  }

  function fillEdge(edge, now) {
    const { group, label, points } = edges.get(pair(edge.tail, edge.head));
    const backward = now && Boolean(state.backward);
    const ends = [edge.tail, edge.head];
    const open = Boolean(state.open?.(ends)); // nothing is known yet of what flows along it
    const wide = open ? 1.4 : edge.width;
    const kinds = [open ? "open" : SIGNS[edge.sign], now ? "now" : "", backward ? "backward moving" : ""];
    const lit = group.classList.contains("lit") ? " lit" : "";
    group.setAttribute("class", `edge ${kinds.filter(Boolean).join(" ")}${lit}`);
    const line = group.querySelector(".curve");
    line.setAttribute("d", curve(points, backward));
    line.setAttribute("stroke-width", wide);
    group.querySelector(".head").setAttribute("points", arrowhead(points.at(-1), points.at(-2), wide));
    group.querySelector(".back").setAttribute("points", arrowhead(points[0], points[1], wide));
    label.textContent = state.veiled?.(ends) ? "" : edge.local;
    label.classList.toggle("now", backward);
    const badges = group.querySelector(".badges");
    badges.replaceChildren();
    if (edge.mark) badge(badges, edge.mark, ...middle(points));
  }

  function middle(points) {
    const at = 3 * Math.floor(((points.length - 1) / 3 - 1) / 2);
    const [a, b, c, d] = points.slice(at, at + 4);
    return [0, 1].map((i) => (a[i] + 3 * b[i] + 3 * c[i] + d[i]) / 8);
  }

  // What hangs together: the ways from a node to the output, and its own inputs.

  function ways(key) {
    const found = { nodes: new Set([key]), edges: new Set() };
    const open = [key];
    while (open.length) {
      const tail = open.pop();
      for (const edge of current.edges.filter((edge) => edge.tail === tail)) {
        found.edges.add(pair(edge.tail, edge.head));
        if (!found.nodes.has(edge.head)) open.push(edge.head);
        found.nodes.add(edge.head);
      }
    }
    for (const edge of current.edges.filter((edge) => edge.head === key)) {
      found.edges.add(pair(edge.tail, edge.head));
      found.nodes.add(edge.tail);
    }
    return found;
  }

  function light(keys) {
    const known = (keys ?? []).filter((key) => nodes.has(key));
    const found = known.map(ways);
    svg.classList.toggle("dimmed", known.length > 0);
    for (const [key, group] of nodes) group.classList.toggle("lit", found.some((way) => way.nodes.has(key)));
    for (const [key, { group, label }] of edges) {
      const lit = found.some((way) => way.edges.has(key));
      for (const part of [group, label]) part.classList.toggle("lit", lit);
    }
  }

  // What is seen of it.

  const least = () => (innerWidth < PHONE ? 12 : 11) / FIGURES;

  function fit() {
    const { width, height } = size;
    const scales = Object.entries(layouts).map(([name, { width: w, height: h }]) => ({
      name,
      scale: Math.min(width / w, height ? height / h : LARGEST, LARGEST),
    }));
    const fitting = scales.find(({ scale }) => scale >= least());
    const chosen = fitting ?? scales.reduce((a, b) => (b.scale > a.scale ? b : a));
    zoomed = false;
    const { height: tall } = layouts[chosen.name];
    const roomy = height || seen || innerWidth < PHONE ? LARGEST : (SHARE * innerHeight) / tall;
    view.scale = Math.max(Math.min(chosen.scale, roomy), least());
    if (layout !== layouts[chosen.name]) {
      layout = layouts[chosen.name];
      place.dataset.layout = chosen.name;
      build();
    }
    centre(centred);
  }

  function centre(key) {
    const [x, y] = layout.boxes[key] ?? [layout.width / 2, layout.height / 2];
    view.x = x - size.width / view.scale / 2;
    view.y = y - shownHeight() / view.scale / 2;
    show();
  }

  const shownHeight = () => size.height || layout.height * Math.min(view.scale, size.width / layout.width);

  function show() {
    const [width, height] = [size.width / view.scale, shownHeight() / view.scale];
    const within = (at, seen, all) => (seen >= all ? (all - seen) / 2 : Math.min(Math.max(at, 0), all - seen));
    view.x = within(view.x, width, layout.width);
    view.y = within(view.y, height, layout.height);
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${width} ${height}`);
    svg.setAttribute("width", size.width);
    svg.setAttribute("height", shownHeight());
    const cropped = width < layout.width - 1 || height < layout.height - 1;
    svg.classList.toggle("cropped", cropped);
    map.toggleAttribute("hidden", !cropped);
    const seen = map.querySelector(".seen");
    for (const [name, value] of Object.entries({ x: view.x, y: view.y, width, height })) seen.setAttribute(name, value);
  }

  function zoom(factor, x = size.width / 2, y = shownHeight() / 2) {
    const scale = Math.min(Math.max(view.scale * factor, 0.2), 4);
    view.x += x / view.scale - x / scale;
    view.y += y / view.scale - y / scale;
    view.scale = scale;
    zoomed = true;
    show();
  }

  // Brings a node into view where the graph is larger than its place.
  function reveal(key) {
    centred = key;
    if (!zoomed && svg.classList.contains("cropped")) centre(key);
  }

  function resize(width, height) {
    if (seen || width === 0 || (width === size.width && height === size.height)) return;
    size = { width, height };
    if (zoomed && layout) show();
    else fit();
  }

  const own = () => getComputedStyle(place).getPropertyValue("--graph-fills").trim() !== "";
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    resize(Math.floor(width), own() ? Math.floor(height) : 0);
  }).observe(place);

  // Pointer, wheel and keys.

  const keyOf = (event) => event.target.closest?.(".node")?.dataset.key ?? null;
  svg.addEventListener("pointerover", (event) => onHover?.(keyOf(event)));
  svg.addEventListener("pointerleave", () => onHover?.(null));
  // A listener on the SVG itself would make it a stop for Tab.
  place.addEventListener("focusin", (event) => {
    const key = keyOf(event);
    if (key === null) return;
    reached = key;
    for (const [name, group] of nodes) group.setAttribute("tabindex", name === key ? 0 : -1);
    if (event.target.matches(":focus-visible")) {
      onHover?.(key);
      reveal(key);
    }
  });
  place.addEventListener("focusout", () => onHover?.(null));
  let dragged = null;
  svg.addEventListener("pointerdown", (event) => {
    if (svg.classList.contains("cropped")) dragged = { x: event.clientX, y: event.clientY, far: false };
  });
  svg.addEventListener("pointermove", (event) => {
    if (!dragged || !event.buttons) return;
    const [dx, dy] = [event.clientX - dragged.x, event.clientY - dragged.y];
    if (!dragged.far && Math.hypot(dx, dy) < 5) return;
    dragged = { x: event.clientX, y: event.clientY, far: true };
    view.x -= dx / view.scale;
    view.y -= dy / view.scale;
    zoomed = true;
    show();
  });
  svg.addEventListener("click", (event) => {
    const key = keyOf(event);
    if (key !== null && !dragged?.far) onSelect?.(key);
    dragged = null;
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return; // without it the page scrolls
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 200), event.offsetX, event.offsetY);
  }, { passive: false });

  const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const ZOOMS = { "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: fit };

  // The nearest box in a direction.
  function beside(key, [dx, dy]) {
    const [x, y] = layout.boxes[key];
    const found = Object.entries(layout.boxes)
      .map(([other, [ox, oy]]) => [other, (ox - x) * dx + (oy - y) * dy, Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx)])
      .filter(([, ahead, aside]) => ahead > 10 && aside < 2.2 * ahead)
      .sort((a, b) => a[1] + 1.5 * a[2] - b[1] - 1.5 * b[2]);
    return found[0]?.[0];
  }

  svg.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    if (event.ctrlKey || event.metaKey || event.altKey || key === null) return;
    if (ARROWS[event.key]) nodes.get(beside(key, ARROWS[event.key]))?.focus();
    else if (ZOOMS[event.key]) ZOOMS[event.key]();
    else if (event.key === "Enter" || event.key === " ") onSelect?.(key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  {
    const bar = document.createElement("div");
    bar.className = "graph-tools";
    for (const [said, sign, act] of [["Zoom out", "−", () => zoom(0.8)], ["Show all", null, fit], ["Zoom in", "+", () => zoom(1.25)]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.title = said;
      button.setAttribute("aria-label", said);
      if (sign) button.textContent = sign;
      else make("path", { d: "M1 5V1H5M9 1H13V5M13 9V13H9M5 13H1V9" }, make("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, button));
      button.addEventListener("click", act);
      bar.append(button);
    }
    tools.append(bar);
  }

  // Printed, it is whole, and as wide as the paper.
  addEventListener("beforeprint", () => {
    seen = { state, size };
    state = {};
    size = { width: PAPER, height: 0 };
    fit();
    fill();
  });
  addEventListener("afterprint", () => {
    if (seen === null) return;
    ({ state, size } = seen);
    seen = null;
    fit();
    fill();
  });

  resize(Math.floor(place.clientWidth) || 600, own() ? Math.floor(place.clientHeight) : 0);
  return {
    light,
    fit,
    zoom,
    reveal,
    // New numbers, widths and marks in the places they have.
    update(next) {
      current = next;
      fill();
    },
    // {now, read: [key], edges: [[tail, head]], backward, open(edge), veiled(edge), shown: {key: {name?, value?,
    // gradient?, sign?, known?, said?}}}
    step(next) {
      state = next;
      fill();
      if (next.now) reveal(next.now);
    },
    choose(key) {
      for (const [name, group] of nodes) group.classList.toggle("chosen", name === key);
    },
    focus: (key) => nodes.get(key)?.focus(),
    /** The element and its whole size, with nothing of it lit. */
    drawn() {
      light(null);
      return { svg, width: layout.width, height: layout.height };
    },
  };
}
