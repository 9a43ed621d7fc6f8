// Says so while a live stream is away, and starts a stream whose very first request failed, which
// the library does not retry by itself. Later losses it heals alone, with backoff.
const line = document.getElementById("connection");
const away = new Map(); // stream element → timer of its next start, or 0 when the library retries
const longest = 30_000;
const patience = 1_500; // a loss that heals sooner is not worth a word
let shown;

const isStream = (element) => element?.hasAttribute?.("hx-sse:connect") ?? false;

function draw() {
  for (const element of away.keys()) if (!element.isConnected) away.delete(element);
  if (!line) return;
  if (away.size === 0) {
    clearTimeout(shown);
    shown = undefined;
    line.hidden = true;
  } else {
    shown ??= setTimeout(() => { line.hidden = away.size === 0; }, patience);
  }
}

function lost(element, timer) {
  clearTimeout(away.get(element));
  away.set(element, timer);
  draw();
}

function found(element) {
  clearTimeout(away.get(element));
  away.delete(element);
  delete element.dataset.attempts;
  draw();
}

function start(element) {
  if (!element.isConnected) return found(element);
  window.htmx.ajax("GET", element.getAttribute("hx-sse:connect"), { source: element });
}

function startLater(element) {
  const attempts = Number(element.dataset.attempts ?? 0);
  element.dataset.attempts = attempts + 1;
  const delay = Math.min(500 * 2 ** attempts, longest) * (0.7 + Math.random() * 0.6);
  lost(element, setTimeout(start, delay, element));
}

function refused(event) {
  const element = event.detail.ctx?.sourceElement;
  if (!isStream(element)) return;
  if (event.detail.ctx.hx) Object.assign(event.detail.ctx.hx, { reswap: "none", retarget: undefined }); // the line says it
  if ([401, 403, 404, 410].includes(event.detail.ctx.response?.status)) return lost(element, 0);
  startLater(element);
}

document.addEventListener("htmx:response:error", refused);
document.addEventListener("htmx:error", refused);
document.addEventListener("htmx:sse:after:connection", (event) => found(event.target));
document.addEventListener("htmx:sse:error", (event) => {
  if (event.detail.status === 401) return location.reload(); // it was open, so the session has ended since
  lost(event.target, 0);
});
document.addEventListener("htmx:sse:close", (event) => {
  if (event.detail.reason === "ended" && event.target.isConnected && isStream(event.target)) startLater(event.target); // not an answer that came in pieces
});
document.addEventListener("htmx:after:cleanup", draw);
