// Python in a worker: it loads what it is told to, and runs a chain of programs.
let python = null;
let browser = null;
let isLoading = false;
let bytes = 0;

const tell = (kind, more) => postMessage({ kind, ...more });
const fail = (error) => tell("failed", { why: String(error?.message ?? error).trim() });

// All files come through here, so that the page can show how much has come, or what has not. What a program
// asks for is its own.
const fetchFile = fetch;
self.fetch = async (url, options) => {
  if (!isLoading) return fetchFile(url, options);
  const name = new URL(url.url ?? url, location).pathname.split("/").pop();
  try {
    const response = await fetchFile(url, options);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    const counter = new TransformStream({
      transform(chunk, stream) {
        tell("loaded", { bytes: (bytes += chunk.length) });
        stream.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), response);
  } catch (error) {
    fail(`${name}: ${error.message}`); // Pyodide would wait for ever
    throw error;
  }
};

async function load(stages, { pyodide, build }) {
  const draws = stages.includes("matplotlib");
  if (!python) {
    const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
    python = await loadPyodide({
      indexURL: pyodide,
      lockFileURL: `${build}pyodide-lock.json`,
      packages: ["numpy", "litgrad", "press", ...(draws ? ["matplotlib"] : [])],
      env: { HOME: "/home/reader", MPLBACKEND: "module://press.run.backend" },
    });
    browser = python.pyimport("browser.runner");
  } else if (draws) await python.loadPackage("matplotlib", { messageCallback() {} });
  if (draws) python.pyimport("matplotlib.pyplot").destroy();
  browser.prepare();
}

self.onmessage = async ({ data }) => {
  try {
    if (data.kind === "load") {
      bytes = 0;
      isLoading = true;
      await load(data.stages, data.places);
      isLoading = false;
      tell("ready");
    } else {
      const begin = (cell, of) => tell("begun", { cell, of });
      tell("done", JSON.parse(browser.run(data.job, (text) => tell("printed", { text }), begin)));
      browser.clean();
      tell("ready");
    }
  } catch (error) {
    fail(error);
  }
};
