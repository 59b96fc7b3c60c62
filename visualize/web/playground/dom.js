// Small helpers for elements; what is text stays text.

export const byId = (id) => document.getElementById(id);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element with a class, attributes and content: text, or other elements. */
export function element(tag, className = "", content = [], attributes = {}) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...[content].flat());
  return made;
}

/** A button with words. */
export function button(words, act, className = "") {
  const made = element("button", className, words, { type: "button" });
  made.addEventListener("click", act);
  return made;
}

/** An element with HTML that Python made, where all that a user wrote is escaped. */
export function withHtml(tag, className, html) {
  const made = element(tag, className);
  made.innerHTML = html;
  return made;
}

const WORDS = {
  right: "right",
  taken: "taken as it stands",
  follows: "follows from a wrong line",
  wrong: "wrong",
  unchecked: "not checked",
  unreadable: "could not be read",
};

/** A verdict in words. */
export const word = (verdict) => WORDS[verdict];

/** A verdict's mark, with its word for who does not see it. */
export function mark(verdict) {
  const made = element("span", `mark-place ${verdict}`);
  made.innerHTML = `<svg class="mark ${verdict}" aria-hidden="true"><use href="#mark-${verdict}"/></svg>`;
  made.append(element("span", "spoken", `${WORDS[verdict]}:`));
  return made;
}
