// The graph as a picture in a file: what is on the page, whole, with its colours and faces in it.
import { element } from "./dom.js";

const SCALE = 2; // pixels of a PNG for one of the picture
const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "display", "font-family", "font-size", "font-style", "font-variant-numeric", "text-anchor", "paint-order", "dominant-baseline"];
const FACES = { normal: "fonts/maths.woff2", italic: "fonts/maths-italic.woff2" };
const GONE = ["class", "role", "tabindex", "aria-label", "data-key", "data-name", "data-tail", "data-head"];

const base64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

async function faces() {
  const rules = Object.entries(FACES).map(async ([style, file]) => {
    const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
    return `@font-face{font-family:"Micrograd Maths";font-style:${style};src:url(data:font/woff2;base64,${base64(bytes)})}`;
  });
  return (await Promise.all(rules)).join("");
}

/** The text of an SVG file of a drawn graph: {svg, width, height}. */
export async function asSvg({ svg, width, height }) {
  const copy = svg.cloneNode(true);
  const [from, to] = [svg, copy].map((root) => [root, ...root.querySelectorAll("*")]);
  from.forEach((original, index) => {
    const style = getComputedStyle(original);
    for (const name of KEPT) {
      if (style.getPropertyValue(name)) to[index].setAttribute(name, style.getPropertyValue(name));
    }
    for (const name of GONE) to[index].removeAttribute(name);
  });
  for (const hidden of copy.querySelectorAll('[display="none"]')) hidden.remove();
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, display: "inline" })) copy.setAttribute(name, value);
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ width, height, fill: getComputedStyle(document.body).backgroundColor })) ground.setAttribute(name, value);
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = await faces();
  copy.prepend(style, ground);
  return new XMLSerializer().serializeToString(copy);
}

/** The same as a PNG. */
export async function asPng(svg) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = element("canvas", "", [], { width: SCALE * image.width, height: SCALE * image.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(url);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
