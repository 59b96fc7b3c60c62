// Python and Graphviz, wherever JavaScript runs: a worker of the page, or Node for the tests.
import { instance } from "@viz-js/viz";

const FOLDER = "/micrograd";

/**
 * Starts Python with the package, and returns the function that answers messages.
 * @param loadPyodide Pyodide's own function
 * @param indexURL where Pyodide's files are
 * @param packages the bytes of the zip with the Python packages
 */
export async function startEngine(loadPyodide, indexURL, packages) {
  const [python, graphviz] = await Promise.all([loadPyodide({ indexURL }), instance()]);
  python.unpackArchive(packages, "zip", { extractDir: FOLDER });
  const draw = (dot, format) => {
    const { status, output, errors } = graphviz.render(dot, { format });
    if (status !== "success") throw new Error(errors.map(({ message }) => message).join("; "));
    return output;
  };
  python.registerJsModule("graphviz_in_browser", { draw });
  const answer = python.runPython(`
import sys
sys.path.insert(0, "${FOLDER}")
import graphviz_in_browser
from visualize.layout import lay_out_with
lay_out_with(lambda dot, format: graphviz_in_browser.draw(dot, format))
from visualize.playground import answer
import gc
gc.freeze()  # what is imported stays
gc.set_threshold(50_000)
answer`);
  return (message) => answer(message);
}
