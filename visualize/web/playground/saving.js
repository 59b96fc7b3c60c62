// What a sheet is saved as: files, and paper.
import { band } from "./band.js";
import { element } from "./dom.js";
import { asPng, asSvg } from "./exporting.js";

/** What can be made: [[key, words], …]. */
export const EXPORTS = [
  ["page", "Marked page (.html)"],
  ["svg", "Graph (.svg)"],
  ["png", "Graph (.png)"],
  ["latex", "Marks in LaTeX (.tex)"],
  ["markdown", "Marks in Markdown (.md)"],
  ["json", "Marks for programs (.json)"],
  ["sheet", "The sheet as it is (.txt)"],
  ["print", "Print…"],
];
const FILES = {
  page: ["marked.html", "text/html"],
  svg: ["graph.svg", "image/svg+xml"],
  png: ["graph.png", "image/png"],
  latex: ["marks.tex", "text/x-tex"],
  markdown: ["marks.md", "text/markdown"],
  json: ["marks.json", "application/json"],
  sheet: ["sheet.txt", "text/plain"],
};

function download([name, type], content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const anchor = element("a", "", "", { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/**
 * @param text the sheet's
 * @param drawn the graph as it is drawn, or nothing
 * @param exported what Python makes of the sheet in a format: {text} or {error}
 * @returns what saves it as one of EXPORTS
 */
export function saving({ text, drawn, exported }) {
  async function content(kind) {
    if (kind === "sheet") return text();
    if (kind === "svg" || kind === "png") {
      const graph = drawn();
      if (!graph) return { error: "There is no graph yet." };
      const svg = await asSvg(graph);
      return kind === "svg" ? svg : asPng(svg);
    }
    const found = await exported(kind);
    return found?.text ?? { error: found?.error ?? "That could not be made." };
  }

  return async (kind) => {
    if (kind === "print") {
      print();
      return;
    }
    const made = await content(kind);
    if (made.error) band(made.error, "alert", []);
    else download(FILES[kind], made);
  };
}
