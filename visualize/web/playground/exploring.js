// Another number for a given: by dragging its box, or with the slider below the graph.
import { byId } from "./dom.js";

const FAR = 4; // pixels after which a press is a drag
const ACROSS = 160; // pixels for the size of the number itself

/**
 * @param givenOf the number that the sheet gives a name, or null where it gives none
 * @param onValue called with a name and its other number
 */
export function exploring({ givenOf, onValue }) {
  const slide = byId("slide");
  const input = byId("slide-input");
  let name = null;
  let drag = null;

  const rounded = (value, size) => Number(value.toPrecision(Math.max(1, 2 + Math.ceil(Math.log10(Math.abs(value) / size || 1)))));
  const sizeOf = (value) => Math.max(Math.abs(value), 0.5);

  function open(key) {
    const value = givenOf(key);
    if (value === null) return false;
    const size = sizeOf(value);
    name = key;
    input.min = value - 2 * size;
    input.max = value + 2 * size;
    input.step = size / 50;
    input.value = value;
    byId("slide-name").textContent = key;
    byId("slide-value").textContent = String(value).replace("-", "−");
    slide.hidden = false;
    return true;
  }

  function give(value) {
    byId("slide-value").textContent = String(value).replace("-", "−");
    onValue(name, value);
  }

  input.addEventListener("input", () => give(rounded(Number(input.value), sizeOf(Number(input.value)))));
  const graph = byId("graph");
  graph.addEventListener("pointerdown", (event) => {
    const key = event.target.closest(".node:is(.input, .parameter)")?.dataset.key;
    const value = key ? givenOf(key) : null;
    if (value !== null && event.button === 0) drag = { key, value, x: event.clientX, far: false };
  });
  addEventListener("pointermove", (event) => {
    if (!drag) return;
    const by = event.clientX - drag.x;
    if (!drag.far && Math.abs(by) < FAR) return;
    if (!drag.far) open(drag.key);
    drag.far = true;
    const size = sizeOf(drag.value);
    const value = rounded(drag.value + (by * size) / ACROSS, size);
    input.value = value;
    give(value);
  });
  addEventListener("pointerup", () => {
    // The click that ends a drag selects nothing.
    if (drag?.far) addEventListener("click", (event) => event.stopPropagation(), { capture: true, once: true });
    drag = null;
  });
  return {
    open,
    focus: () => input.focus(),
    /** The name as it is set. */
    called(html) {
      byId("slide-name").innerHTML = html;
    },
    close() {
      slide.hidden = true;
      name = null;
    },
    isOpen: () => !slide.hidden,
  };
}
