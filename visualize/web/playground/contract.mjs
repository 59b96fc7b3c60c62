// All messages of a file, a line each, answered by Pyodide under Node, a line each.
import { readFileSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { startEngine } from "./engine.js";

const [site, messages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${site}/pyodide/pyodide.mjs`).href);
const packages = new Uint8Array(readFileSync(`${site}/packages.zip`));
const answer = await startEngine(loadPyodide, `${site}/pyodide/`, packages);
for (const message of readFileSync(messages, "utf8").trim().split("\n")) {
  writeSync(1, `${answer(message)}\n`);
}
