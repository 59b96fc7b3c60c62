// The worker: it only calls Python. One message at a time, each with its number.
import { startEngine } from "./engine.js";

const here = new URL(".", self.location.href);

const lastLine = (error) => String(error.message ?? error).trim().split("\n").at(-1);

async function start() {
  const [{ loadPyodide }, packages] = await Promise.all([
    import(new URL("pyodide/pyodide.mjs", here).href),
    fetch(new URL("packages.zip", here)).then((response) => response.arrayBuffer()),
  ]);
  return startEngine(loadPyodide, new URL("pyodide/", here).href, new Uint8Array(packages));
}

const started = start().then(
  (answer) => {
    self.postMessage({ ready: true });
    return answer;
  },
  (error) => self.postMessage({ failed: lastLine(error) }),
);

self.addEventListener("message", async ({ data: { id, message } }) => {
  const answer = await started;
  if (!answer) return;
  try {
    self.postMessage({ id, answer: JSON.parse(answer(message)) });
  } catch (error) {
    // Python says what went wrong in it; anything else has ended it.
    if (error.constructor.name === "PythonError") self.postMessage({ id, answer: { error: lastLine(error) } });
    else self.postMessage({ id, ended: lastLine(error) });
  }
});
