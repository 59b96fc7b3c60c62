// All messages of a file, a line each, answered by Pyodide under Node into another, a line each.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { startEngine } from "./engine.js";

const [site, messages, answers] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${site}/pyodide/pyodide.mjs`).href);
const packages = new Uint8Array(readFileSync(`${site}/packages.zip`));
const answer = await startEngine(loadPyodide, `${site}/pyodide/`, packages);
const lines = readFileSync(messages, "utf8").trim().split("\n").map(answer);
writeFileSync(answers, lines.join("\n"));
