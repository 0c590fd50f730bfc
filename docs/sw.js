// What a reader has opened stays on the reader's device. BUILD names every file that a page may load, with the
// digest of its bytes, and no other bytes are kept: a page never meets the style or script of another build.
// A new build is a new worker; until it has its own of all that is kept, the one before does not touch new pages.
// That it is old is kept, too: browsers stop a worker as they like, and start it again.
const BUILD = { first: [], files: {} };
const files = new Map(Object.entries(BUILD.files));
const { scope } = registration;
const pathOf = (url) => (url.startsWith(scope) ? url.slice(scope.length).replace(/(index\.html)?([?#].*)?$/, "") : null);
const key = (path) => `${scope}${path}?${files.get(path)}`;
const shelf = caches.open(scope);
const find = async (path) => (await shelf).match(key(path));
const OLD = `${scope}old`;
let isOld = shelf.then((kept) => kept.match(OLD)).then(Boolean);

// Keep a file, unless it is of another build.
async function keep(path, response) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer()));
  const isOurs = Array.from(sum.slice(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("") === files.get(path);
  if (isOurs) await (await shelf).put(key(path), response);
  return isOurs;
}

// What the browser has of a file will do, if it is of this build: nothing is loaded twice.
async function obtain(path) {
  if (!files.has(path) || (await find(path))) return;
  for (const cache of ["default", "reload"]) if (await keep(path, await fetch(scope + path, { cache }))) return;
  throw new Error(`${path} is of another build`);
}

async function renew() {
  isOld = true;
  await (await shelf).put(OLD, new Response());
  await registration.update();
}

async function load(event, path) {
  const response = await fetch(event.request);
  if (files.has(path) && response.status === 404) event.waitUntil(renew().catch(() => {})); // it went with its build
  if (!files.has(path) || response.status !== 200) return response;
  const kept = keep(path, response.clone()).then((isOurs) => isOurs || renew());
  event.waitUntil(kept.catch(() => {})); // on a full disk, nothing is kept
  if (/(^|\/)$/.test(path)) await kept.catch(() => {}); // it decides where its style and scripts come from
  return response;
}

async function answer(event, path) {
  const kept = await find(path);
  if (kept && !(await isOld)) return kept;
  const isVisit = event.request.mode === "navigate";
  return load(event, path).catch(async () => kept ?? ((isVisit && (await find("503.html"))) || Response.error()));
}

const on = (name, act) => addEventListener(name, (event) => event.waitUntil(act(event)));
on("install", async () => {
  const before = (await (await shelf).keys()).map(({ url }) => pathOf(url));
  await Promise.all([...BUILD.first, ...before].map(obtain));
  await skipWaiting();
});
on("activate", async () => {
  isOld = false; // the one before was
  for (const { url } of await (await shelf).keys()) if (url !== key(pathOf(url))) await (await shelf).delete(url);
  await clients.claim();
});
on("message", ({ data }) => Promise.allSettled(data.map((url) => obtain(pathOf(url)))));
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method === "GET" && (files.has(pathOf(url)) || mode === "navigate")) event.respondWith(answer(event, pathOf(url)));
});
