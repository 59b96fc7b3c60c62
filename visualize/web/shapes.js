// What a graph is drawn of in SVG: elements, names in pieces, curves, arrowheads and badges.

const SVG = "http://www.w3.org/2000/svg";
const HEAD = 9; // an arrowhead's length

export const make = (tag, attributes = {}, parent = null, text = null) => {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== null) element.textContent = text;
  parent?.append(element);
  return element;
};

// A name in pieces, [text, "i" | "u" | "b"], set into an SVG text: an index stands lower.
export function writeRuns(place, runs) {
  let down = 0;
  const spans = runs.map(([text, kind]) => {
    const shift = kind === "b" ? 4 : 0;
    const span = make("tspan", { class: kind }, null, text);
    if (shift !== down) span.setAttribute("dy", shift - down);
    down = shift;
    return span;
  });
  place.replaceChildren(...spans);
}

// The point `by` units from the first towards the second.
function toward([x, y], [toX, toY], by) {
  const length = Math.hypot(toX - x, toY - y) || 1;
  return [x + ((toX - x) * by) / length, y + ((toY - y) * by) / length];
}

export function curve(points, backward) {
  const all = [...points];
  if (backward) all[0] = toward(all[0], all[1], HEAD - 1);
  else all[all.length - 1] = toward(all.at(-1), all.at(-2), HEAD - 1);
  const [first, ...rest] = all.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return `M${first}C${rest.join(" ")}`;
}

export function arrowhead(tip, before, wide) {
  const [x, y] = toward(tip, before, HEAD);
  const length = Math.hypot(x - tip[0], y - tip[1]) || 1;
  const side = Math.max(4, wide * 0.5 + 3) / length;
  const [dx, dy] = [(tip[1] - y) * side, (x - tip[0]) * side];
  return `${tip} ${x + dx},${y + dy} ${x - dx},${y - dy}`;
}

export function badge(parent, kind, x, y) {
  const group = make("g", { class: `badge ${kind}`, transform: `translate(${x} ${y})` }, parent);
  make("circle", { class: "disc", r: 7 }, group);
  const cross = "M-2.6 -2.6L2.6 2.6M2.6 -2.6L-2.6 2.6";
  make("path", { d: kind === "wrong" ? cross : "M-3.2 0H3M.6 -2.6L3.2 0L.6 2.6" }, group);
}
