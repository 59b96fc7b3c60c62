// Another number for a given: by dragging its box, or with the slider below the graph. The numbers
// follow the pointer; all else comes when it rests, and the marks wait.
import { band, noBand, say } from "./band.js";
import { byId, element, withHtml } from "./dom.js";

const FAR = 4; // pixels after which a press is a drag
const ACROSS = 160; // pixels for the size of the number itself
const REST = 140; // milliseconds before more than numbers is shown

const shownNumber = (value) => String(value).replace("-", "−");
const rounded = (value, size) => Number(value.toPrecision(Math.max(1, 2 + Math.ceil(Math.log10(Math.abs(value) / size || 1)))));
const sizeOf = (value) => Math.max(Math.abs(value), 0.5);

/**
 * @param engine the way to Python
 * @param text gives the sheet's text
 * @param givenOf the number that the sheet gives a name, or null where it gives none
 * @param shown the picture
 * @param onKeep called with the text that has the other numbers
 * @param onPutBack called when the sheet's own are wanted again
 */
export function exploring({ engine, text, givenOf, shown, onKeep, onPutBack }) {
  const slide = byId("slide");
  const input = byId("slide-input");
  let name = null; // of the slider
  let drag = null;
  let explored = null; // {values: {name: number}, text of what is looked at}
  let rest = 0;

  const numberOf = (key) => explored?.values[key] ?? givenOf(key);
  const asked = () => ({ text: text(), values: explored.values });

  // The slider.

  function open(key) {
    const value = numberOf(key);
    if (value === null) return false;
    const size = sizeOf(value);
    name = key;
    input.min = value - 2 * size;
    input.max = value + 2 * size;
    input.step = size / 50;
    input.value = value;
    byId("slide-name").textContent = key;
    byId("slide-value").textContent = shownNumber(value);
    slide.hidden = false;
    return true;
  }

  function close() {
    slide.hidden = true;
    name = null;
  }

  async function give(value) {
    byId("slide-value").textContent = shownNumber(value);
    const own = name;
    explored = { ...explored, values: { ...explored?.values, [own]: value } };
    document.body.classList.add("exploring");
    clearTimeout(rest);
    rest = setTimeout(lookAtRest, REST);
    const { values } = explored;
    const found = await engine.send("drag", { kind: "drag", ...asked() });
    if (!found || explored?.values !== values) return;
    if (found.error) {
      say(found.error);
      return;
    }
    shown.numbers(found.model);
    tell(found.said[own], shownNumber(value));
  }

  function tell({ shown: called, was }, number) {
    byId("slide-name").innerHTML = called;
    const said = element("span", "", ["Exploring ", withHtml("span", "maths", called), ` = ${number}. `, element("span", "more-said", `Your sheet says ${was}; its marks wait.`)]);
    band(said, "exploring-band", [
      [`Keep ${number}`, keep],
      ["Put back", onPutBack],
    ]);
  }

  async function lookAtRest() {
    if (!explored) return;
    const { values } = explored;
    const found = await engine.send("look", { kind: "explore", ...asked() });
    if (!found || found.error || explored?.values !== values) return;
    explored.text = found.text;
    shown.look(found);
  }

  async function keep() {
    const found = await engine.send("ask", { kind: "put", ...asked() });
    if (found?.text) onKeep(found.text);
  }

  input.addEventListener("input", () => give(rounded(Number(input.value), sizeOf(Number(input.value)))));
  const graph = byId("graph");
  graph.addEventListener("pointerdown", (event) => {
    const key = event.target.closest(".node:is(.input, .parameter)")?.dataset.key;
    const value = key ? numberOf(key) : null;
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
    /** The slider for a box, where its number is given. */
    choose(key) {
      if (open(key)) input.focus();
      else close();
    },
    leave() {
      if (!explored) return;
      explored = null;
      clearTimeout(rest);
      document.body.classList.remove("exploring");
      close();
      noBand();
    },
    isOn: () => explored !== null,
    /** The text with the other numbers, once it is looked at. */
    text: () => explored?.text,
  };
}
