// Files in the composer: chosen, pasted, or dropped anywhere on the thread. They belong to the conversation in which they
// were attached, and stand there again after a reload.
import { Tray } from "../widget/tray.js";
import { choosing, dropping, pasting } from "../widget/tray_catch.js";
import { openKey } from "./inbox_list.js";

const me = document.getElementById("inbox").dataset.agent;
const filesKept = 23 * 3600_000; // the server keeps them a little longer without a message
const composer = () => document.getElementById("composer");
const placeOf = (key) => `rejoin-files-${me}-${key}`;

const trays = new Map(); // conversation → tray; one that still sends goes on while another is open
let held = ""; // the conversation whose message waits for its files
let send = () => {};

// words are those of the page about files.
export const words = () => document.getElementById("tray").dataset;

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(placeOf(key)) ?? "[]").filter((file) => Date.now() - file.at < filesKept);
  } catch {
    return [];
  }
}

function store(key, files) {
  try {
    if (files.length) sessionStorage.setItem(placeOf(key), JSON.stringify(files));
    else sessionStorage.removeItem(placeOf(key));
  } catch {
    // without storage they last as long as this page
  }
}

function make(key) {
  const address = composer().dataset.files;
  const tray = new Tray({
    list: document.getElementById("tray"),
    ready: async () => ({ address, headers: { "HX-Request": "true", Accept: "application/json" } }),
    drop: (file) => fetch(`${address}/${file}`, { method: "DELETE", headers: { "HX-Request": "true" } }).catch(() => {}),
    say: (text) => { document.getElementById("said").textContent = text; },
    changed: () => changed(key),
    rest: () => document.getElementById("files").focus(),
  });
  trays.set(key, tray);
  tray.set(stored(key));
  return tray;
}

const tray = () => trays.get(openKey());

function changed(key) {
  const one = trays.get(key);
  if (!one) return;
  store(key, one.infos);
  if (held !== key || one.busy) return;
  hold("");
  if (!one.refused && key === openKey()) send();
}

function hold(key) {
  held = key;
  const note = composer()?.querySelector(".tray-note");
  if (!note) return;
  note.textContent = key ? words().wait : "";
  note.hidden = !key;
}

// settled names what sends the message when its files are there.
export function settled(act) {
  send = act;
}

// busy tells whether files are still on their way; the message then waits for them.
export function busy() {
  if (!tray()?.busy) return false;
  hold(openKey());
  return true;
}

// takeFiles empties the tray into a message.
export function takeFiles() {
  hold("");
  return tray()?.take() ?? [];
}

// refill puts the files of a refused message back where they were attached.
export function refill(key, files) {
  if (!files?.length) return;
  if (trays.has(key)) trays.get(key).set(files);
  else store(key, [...stored(key), ...files]);
}

// restoreFiles shows the files of the conversation that was opened.
export function restoreFiles() {
  if (!composer()) return;
  hold("");
  const key = openKey();
  for (const [other, one] of trays) {
    if (other === key || one.items.length) continue;
    one.end();
    trays.delete(other);
  }
  if (!trays.has(key)) make(key);
  else trays.get(key).move(document.getElementById("tray"));
  choosing(composer(), take);
}

function take(files) {
  if (!tray()) return;
  document.getElementById("composer-error").hidden = true;
  tray().add(files);
}

document.addEventListener("paste", (event) => event.target.closest?.(".pane-thread") && pasting(event, take));
dropping(".pane-thread", () => document.querySelector(".pane-thread .drop-here"), take);

// An image whose link has ended is asked for again, once.
document.addEventListener("error", ({ target }) => {
  const link = target.closest?.("a[data-file]");
  if (!link || target.dataset.renewed) return;
  target.dataset.renewed = "1";
  target.src = link.href;
}, true);

addEventListener("beforeunload", (event) => {
  if ([...trays.values()].some((one) => one.busy)) event.preventDefault();
});
