// One Python for all programs: a worker that starts at the first run and stays warm.
//
//   off → loading → ready → running → cleaning → ready       Stop and failures lead to off
//
// A job is {parts, cells, name, alt, element, text, hear}. It hears of "waiting", "loading", "running",
// "begun" (a cell), "printed", and in the end of one of "done", "failed" and "stopped".
const Python = (() => {
  const assets = new URL(".", document.currentScript.src);
  const note = book.python;
  const DRAWS = /\b(matplotlib|pylab|plots|mpl_toolkits)\b/;
  const NAMES = { core: "Python", matplotlib: "Matplotlib" };
  let state = "off";
  let worker = null;
  let queue = [];
  let stages = [];
  let loading = [];

  // What a deployment has interrupted; where nothing may be kept, the reader runs it again.
  const INTERRUPTED = `${assets.pathname}interrupted`;
  const session = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null;
    }
  };
  const interrupted = session((storage) => storage.getItem(INTERRUPTED));
  session((storage) => storage.removeItem(INTERRUPTED));

  // What Python needs and this browser has not.
  function lacking() {
    if (!self.WebAssembly) return "WebAssembly";
    if (!WebAssembly.Exception) return "WebAssembly with exceptions";
    let hasModules = false;
    const options = {
      get type() {
        hasModules = true;
        return "module";
      },
    };
    new Worker("data:text/javascript,", options).terminate();
    return hasModules ? "" : "workers that load modules";
  }

  // What is still to be loaded for a job: Python, and Matplotlib if the program names it.
  function missing(job) {
    const draws = job.parts.some(([, code]) => DRAWS.test(code));
    return ["core", ...(draws ? ["matplotlib"] : [])].filter((stage) => !stages.includes(stage));
  }

  function next() {
    const [job, ...others] = queue;
    others.forEach((other) => other.hear("waiting"));
    if (job && state === "cleaning") job.hear("waiting");
    if (!job || ["loading", "running", "cleaning"].includes(state)) return;
    if (!worker) start();
    loading = missing(job);
    if (loading.length) {
      state = "loading";
      stages.push(...loading);
      const { pyodide, build } = note;
      const places = { pyodide: new URL(pyodide, assets).href, build: new URL(build, assets).href };
      worker.postMessage({ kind: "load", stages: loading, places });
      progress(0);
    } else {
      state = "running";
      job.hear("running");
      const { parts, cells, name, alt } = job;
      worker.postMessage({ kind: "run", job: JSON.stringify({ parts, cells, name, alt }) });
    }
  }

  function start() {
    worker = new Worker(new URL(`worker.js?${note.build}`, assets), { type: "module" });
    worker.onmessage = ({ data }) => answer(data);
    worker.onerror = (event) => {
      event.preventDefault();
      if (["ready", "cleaning"].includes(state)) return; // what a program has left behind to run later
      answer({ kind: "failed", why: event.message || "worker.js: it could not be loaded" });
    };
  }

  function progress(bytes) {
    const what = loading.map((stage) => NAMES[stage]).join(" and ");
    const of = loading.reduce((sum, stage) => sum + note.bytes[stage], 0);
    queue[0]?.hear("loading", { what, bytes, of });
  }

  // The site's worker of the new build takes over before a page of that build loads anything.
  async function settle() {
    const site = await navigator.serviceWorker?.getRegistration();
    await site?.update();
    const next = site?.installing ?? site?.waiting;
    while (next && !["activated", "redundant"].includes(next.state))
      await new Promise((resolve) => next.addEventListener("statechange", resolve, { once: true }));
  }

  // A deployment takes away what the pages of the build before would load: then the page is loaded anew, but
  // once, and the program runs there.
  async function renew(job) {
    if (!job || interrupted) return false;
    const page = await fetch(location.href, { cache: "no-cache" }).catch(() => null);
    if (!page?.ok) return false;
    const { build } = told(new DOMParser().parseFromString(await page.text(), "text/html"));
    if (build === book.build) return false;
    await settle().catch(() => {});
    session((storage) => storage.setItem(INTERRUPTED, job.text));
    location.reload();
    return true;
  }

  async function answer(data) {
    if (!["loaded", "begun", "printed", "ready", "done", "failed"].includes(data?.kind)) return; // a program's own words
    const [job] = queue;
    if (data.kind === "loaded") return progress(data.bytes);
    if (data.kind === "begun") return state === "running" && job.hear("begun", data);
    if (data.kind === "printed") return state === "running" && (job.hasPrinted = true) && job.hear("printed", data);
    data.during = state;
    if (data.kind === "failed") {
      end();
      if (data.during === "cleaning") return next();
      if (data.during === "loading" && ((await renew(job)) || job !== queue[0])) return;
    } else state = data.kind === "done" ? "cleaning" : "ready";
    // What breaks before a word is printed is often what the program before has left behind.
    const again = data.kind === "failed" && data.during === "running" && !job.hasPrinted && !job.isSecond;
    if (again) job.isSecond = true;
    else if (data.kind !== "ready") queue.shift()?.hear(data.kind, data);
    next();
  }

  function end() {
    if (worker) worker.onmessage = worker.onerror = null;
    worker?.terminate();
    worker = null;
    state = "off";
    stages = [];
  }

  // Not in a site without Pyodide, nor in one that is opened from a folder on disk.
  const isOffered = Boolean(note) && location.protocol.startsWith("http");
  const lacks = isOffered && lacking();

  return {
    isHere: isOffered && !lacks,
    lacks,
    interrupted,

    // What the first run costs.
    get weight() {
      const [core, more] = [note.bytes.core, note.bytes.matplotlib].map((bytes) => Math.round(bytes / 1e6));
      return `The first run loads Python: ${core} MB, or ${core + more} MB with figures`;
    },

    run(job) {
      queue.push(job);
      next();
    },

    // A program that runs takes its worker with it; a load goes on, for the next run.
    stop(job) {
      if (!queue.includes(job)) return;
      if (job === queue[0] && state === "running") end();
      queue = queue.filter((other) => other !== job);
      job.hear("stopped");
      next();
    },

    // On another page nobody waits for a program of the one before.
    leave() {
      queue.filter((job) => !job.element.isConnected).forEach((job) => this.stop(job));
    },
  };
})();
