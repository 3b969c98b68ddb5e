// What the site's kernel starts: Python, as Pyodide has it, and Graphviz beside it. Both are ready before the first cell runs,
// so that a picture is laid out without waiting (autograd/pictures/dot.py).
import { loadPyodide as python } from "./python.mjs";
import { instance } from "./viz.mjs";

export async function loadPyodide(options) {
  const [started, graphviz] = await Promise.all([python(options), instance()]);
  globalThis.graphviz = graphviz;
  return started;
}
