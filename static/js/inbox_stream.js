// One stream for all tabs of a browser: the tab that holds the lock reads it and passes every event to the others, so
// that ten tabs need one connection. When that tab goes, another takes over at once. Each event is dispatched on the
// document as "inbox:<name>", with what it changed as parsed HTML in its detail. Every page of an agent runs it, since
// holding the stream is the agent's presence.
import { elements } from "./inbox_ask.js";

const silence = 50_000; // the server says something every 20 s
const patience = 1_500; // a loss that heals sooner is not worth a word
const address = "/inbox/stream";
const page = document.getElementById("inbox");
const bus = "BroadcastChannel" in window ? new BroadcastChannel("rejoin-inbox") : null;
const me = Math.random().toString(36).slice(2);
const line = () => document.getElementById("connection");

let stream; // the element that holds the connection while this tab leads
let standing = ""; // the agent as whom the stream was opened, while it stands
let quiet;
let shown;

export function on(names, take) {
  for (const name of names.split(" ")) document.addEventListener("inbox:" + name, ({ detail }) => take(detail, name));
}

function dispatch(name, data) {
  if (name === "signed_out") return location.reload();
  if (name === "hello" && page && data && data !== page.dataset.agent) return location.reload(); // someone else signed in
  const part = data && name.includes(".") ? elements(data).firstElementChild : null;
  const detail = { ...part?.dataset, seq: Number(part?.dataset.seq ?? 0), part };
  if (name === "alive") detail.at = data; // what the server's clock says
  document.dispatchEvent(new CustomEvent("inbox:" + name, { detail }));
}

function spread(name, data) {
  bus?.postMessage({ name, data });
  dispatch(name, data);
}

// ---- the tab that leads

function connect() {
  stream = document.createElement("div");
  stream.hidden = true;
  stream.setAttribute("hx-sse:connect", address);
  stream.setAttribute("hx-config", JSON.stringify({ sse: { pauseOnBackground: false, reconnectMaxDelay: 5_000 } }));
  document.body.append(stream);
  window.htmx.process(stream);
  listen();
}

function disconnect() {
  clearTimeout(quiet);
  window.htmx.process(stream, true); // which ends its connection
  stream.remove();
  stream = undefined;
  standing = "";
}

// listen starts anew when nothing was heard for long: a connection may be dead without anyone having said so.
function listen() {
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    lost();
    disconnect();
    connect();
  }, silence);
}

function lost() {
  if (!standing) return;
  standing = "";
  spread("lost");
}

document.addEventListener("htmx:sse:before:message", (event) => {
  if (event.target !== stream) return;
  event.preventDefault();
  listen();
  const { event: name, data } = event.detail.message;
  if (!name) return;
  if (name === "hello") standing = data;
  spread(name, data);
});
document.addEventListener("htmx:sse:error", (event) => event.target === stream && lost());
document.addEventListener("htmx:sse:close", (event) => event.target === stream && lost());

function lead() {
  clearTimeout(shown);
  connect();
  return new Promise(() => {}); // until the tab goes
}

// ---- the tabs that follow

function follow({ data: message }) {
  if (message.name === "ask") return standing && bus.postMessage({ name: "here", data: standing, to: message.from });
  if (message.to && message.to !== me) return;
  if (stream) return; // what others lead is not for us
  if (message.name === "lost") {
    clearTimeout(shown);
    shown = setTimeout(() => { if (!stream && line()) line().hidden = false; }, patience);
    return;
  }
  clearTimeout(shown);
  if (line()) line().hidden = true;
  dispatch(message.name === "here" ? "hello" : message.name, message.data);
}

// ---- without locks, as on an address that is neither https nor local: every visible tab reads for itself

function alone() {
  if (document.visibilityState === "visible") {
    if (!stream) connect();
  } else if (stream) disconnect();
}

function start() {
  if (navigator.locks && bus) {
    bus.addEventListener("message", follow);
    bus.postMessage({ name: "ask", from: me });
    navigator.locks.request("rejoin-inbox", lead);
  } else {
    document.addEventListener("visibilitychange", alone);
    alone();
  }
}

export const leads = () => stream !== undefined;

document.addEventListener("DOMContentLoaded", start, { once: true });
