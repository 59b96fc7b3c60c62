// What the page says: in a band below the bar, and to who listens.
import { button, byId } from "./dom.js";

/** The band below the bar: words, and buttons [[words, act], …]; alone in its kind. */
export function band(text, kind, buttons) {
  byId("band-text").replaceChildren(text);
  byId("band").hidden = false;
  byId("band").className = `band ${kind}`;
  byId("band").setAttribute("role", kind === "alert" ? "alert" : "region");
  byId("band-buttons").replaceChildren(...buttons.map(([words, act]) => button(words, act)));
}

/** Takes the band away; with a kind, where it is of this one. */
export function noBand(kind = "band") {
  if (byId("band").classList.contains(kind)) byId("band").hidden = true;
}

/** Words for who listens. */
export function say(text) {
  byId("said").textContent = text;
}
