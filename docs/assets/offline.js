// Once a page is complete, the worker of the site hears what it is made of, and keeps that.
{
  const site = new URL("..", document.currentScript.src);
  const begin = async () => {
    const made = [location.href, ...performance.getEntriesByType("resource").map(({ name }) => name)];
    // The front page and the index of the search are large: they are for readers who come back.
    if (navigator.serviceWorker.controller) made.push(site.href, new URL("search/search_index.json", site).href);
    await navigator.serviceWorker.register(new URL("sw.js", site));
    (await navigator.serviceWorker.ready).active.postMessage(made);
  };
  // Without https, or where it is forbidden, nothing is kept.
  if (navigator.serviceWorker) addEventListener("load", () => begin().catch(() => {}));
}
