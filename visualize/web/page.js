// The page: graph, steps and lines show the same moment, and a name lights up wherever it stands.
import { drawGraph } from "./graph.js";
import { listbox } from "./listbox.js";
import { stepper } from "./step.js";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const lines = all(".sheet .line[data-left]");
  const lefts = (line) => line.dataset.left.split(" ");
  const wrong = new Set(all(".line.wrong, .line.unreadable").flatMap(lefts));
  const slips = all(".slip");
  let steps = null;
  let graph = null;

  // Linking: the same name in lines, formulas and graph.

  const boxOf = (name) => data.boxes?.[name] ?? name;

  function link(name) {
    for (const place of all(".lit-name")) place.classList.remove("lit-name");
    graph?.light(name === null ? null : [boxOf(name)]);
    if (name === null) return;
    for (const place of all("[data-name]")) {
      if (place.dataset.name === name || boxOf(place.dataset.name) === name) place.classList.add("lit-name");
    }
  }

  document.addEventListener("pointerover", (event) => {
    if (event.target.closest(".graph")) return; // the graph says so itself
    const name = event.target.closest("[data-name]")?.dataset.name ?? null;
    if (name !== null || find(".lit-name")) link(name);
  });

  // The line in question, and what hangs on it.

  function choose(line) {
    for (const one of all(".chosen-line, .heir")) one.classList.remove("chosen-line", "heir");
    const id = line.dataset.line ?? line.id;
    document.getElementById(id).classList.add("chosen-line");
    for (const heir of data.heirs[id] ?? []) document.getElementById(heir).classList.add("heir");
    graph?.choose(boxOf(line.dataset.focus));
  }

  function openLine(line) {
    choose(line);
    steps?.goTo((step) => lefts(line).some((left) => step.lines.includes(left)));
  }

  function shown({ picture, now, ahead, hash }) {
    graph?.step(picture);
    for (const line of [...lines, ...slips]) {
      line.classList.toggle("now", lefts(line).some((left) => now.includes(left)));
      line.classList.toggle("ahead", lefts(line).some(ahead));
    }
    for (const name of all(".followed")) name.classList.remove("followed");
    // A page in a notebook has no address of its own.
    if (location.protocol !== "about:" && started) history.replaceState(null, "", `#${hash}`);
  }

  let started = false;
  if (data.graph) {
    graph = drawGraph(find("#graph"), {
      ...data.graph,
      tools: find("#graph-tools"),
      onHover: link,
      onSelect: (key) => {
        graph.choose(key);
        steps.goTo(({ now }) => now === key);
      },
    });
  }
  if (data.steps.length) {
    steps = stepper(data, data.graph?.model ?? null, shown);
    const choice = listbox(find("#follow"), {
      options: [{ key: "", html: "every step" }, ...data.choices],
      label: "follow-label",
      onChoose: (key) => follow(key),
    });
    const follow = (key, at) => {
      steps.follow(key, at);
      choice.set(steps.followed()?.key ?? "");
      steps.showTrack((left) => wrong.has(left));
    };
    // The hash is `#12`, or `#dE/dw5:12` for the steps of one derivative; `#line-…` is a line.
    const fromHash = () => {
      const hash = decoded(location.hash.slice(1));
      const line = hash.startsWith("line-") && document.getElementById(hash);
      if (line) {
        tab("sheet");
        line.scrollIntoView({ block: "center" });
        openLine(line);
        return;
      }
      const match = /^(?:(.+):)?(\d+)$/.exec(hash);
      if (match) follow(match[1] ?? "", Number(match[2]) - 1);
      else follow(hash);
    };
    new ResizeObserver(() => steps.showTrack((left) => wrong.has(left))).observe(find(".track"));
    // Beside the lines it stays in the window; where it is taller, so that its steps are seen.
    const pane = find(".picture-and-steps");
    const stay = () => pane.style.setProperty("--stays", `${Math.min(12, innerHeight - pane.offsetHeight - 12)}px`);
    new ResizeObserver(stay).observe(pane);
    window.addEventListener("resize", stay);
    window.addEventListener("hashchange", fromHash);
    fromHash();
    started = true;
    document.body.classList.add("stepping");
    if (data.marked && slips.length && !location.hash) openLine(slips[0]);
  }

  function decoded(hash) {
    try {
      return decodeURIComponent(hash);
    } catch {
      return "";
    }
  }

  // Tabs, where the window is narrow.

  function tab(name) {
    document.body.dataset.tab = name;
    for (const button of all(".tabs button")) {
      button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    }
  }
  find(".tabs")?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    tab(button.dataset.tab);
    scrollTo(0, 0);
  });

  // Slips: a click opens the step, F8 goes from one to the next.

  function nextSlip(by) {
    if (!slips.length) return;
    const at = slips.findIndex((slip) => slip.contains(document.activeElement));
    const next = slips[(at + by + slips.length) % slips.length];
    tab("sheet");
    find(".no", next).focus();
    next.scrollIntoView({ block: "nearest" });
    openLine(next);
  }

  for (const line of [...slips, ...lines]) {
    line.addEventListener("pointerenter", () => graph?.choose(boxOf(line.dataset.focus)));
    line.addEventListener("click", (event) => {
      if (!event.target.closest("a")) openLine(line);
    });
  }

  // Keys.

  const KEYS = {
    ArrowRight: () => steps.forward(),
    ArrowLeft: () => steps.back(),
    F9: (event) => (event.shiftKey ? steps.back() : steps.forward()),
    Home: () => steps.go(0),
    End: () => steps.last(),
    p: () => steps.predict(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "F8") {
      nextSlip(event.shiftKey ? -1 : 1);
      event.preventDefault();
    }
    if (!steps) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea");
    if (event.key === "Enter" && event.target.matches(".ask input")) steps.answer();
    else if ((typing && event.key !== "F9") || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    else KEYS[event.key](event);
    event.preventDefault();
  });
})();
