// The composer: Enter sends, drafts are kept by the server, and what cannot be sent yet waits here and goes out by
// itself. Each message has an id of its own, so that sending it twice counts once.
import { sentFiles } from "../widget/sent.js";
import { newId } from "../widget/tray.js";
import { busy, refill, restoreFiles, settled, takeFiles, words as fileWords } from "./inbox_files.js";
import { Refused, quietly, tell } from "./inbox_ask.js";
import { openKey } from "./inbox_list.js";
import { on } from "./inbox_stream.js";
import { arrived } from "./inbox_thread.js";
import { toast } from "./toast.js";

// What waits in a browser belongs to the agent who wrote it: the next one who signs in here must not send it.
const me = document.getElementById("inbox").dataset.agent;
const storage = "rejoin-unsent-" + me;
const composer = () => document.getElementById("composer");
const field = () => composer()?.elements.text;
const words = () => document.getElementById("inbox-words");
const isNote = () => composer()?.elements.note?.value === "on";

// ---- what waits to be sent, oldest first: { id, key, address, text, files, note }

function unsent() {
  try {
    return JSON.parse(sessionStorage.getItem(storage) ?? "[]");
  } catch {
    return [];
  }
}

const kept = { list: unsent() };

function keep() {
  try {
    sessionStorage.setItem(storage, JSON.stringify(kept.list));
  } catch {
    // without storage it waits in memory, and the page warns before it is left
  }
}

function forget(id) {
  kept.list = kept.list.filter((one) => one.id !== id);
  keep();
}

function drawPending(one) {
  if (one.key !== openKey() || document.querySelector(`[data-pending="${one.id}"]`)) return;
  const made = words().content.querySelector(".message.pending").cloneNode(true);
  made.dataset.pending = one.id;
  made.classList.toggle("note", one.note);
  made.querySelector(".bubble").textContent = one.text;
  made.querySelector(".bubble").hidden = !one.text;
  if (one.files?.length) made.querySelector(".bubble").after(sentFiles(one.files, fileWords()));
  document.getElementById("thread").append(made);
  const box = document.getElementById("thread-scroll");
  box.scrollTop = box.scrollHeight;
}

function undraw(id) {
  document.querySelector(`[data-pending="${id}"]`)?.remove();
}

let sending = false;
let wait = 1_000;

// send sends what waits, one after the other; without a network it tries again.
async function send() {
  if (sending) return;
  sending = true;
  try {
    while (kept.list.length) await sendOne(kept.list[0]);
    wait = 1_000;
  } catch {
    document.querySelectorAll("[data-pending] .message-foot").forEach((foot) => { foot.textContent = words().dataset.unsent; });
    setTimeout(send, wait);
    wait = Math.min(wait * 2, 15_000);
  } finally {
    sending = false;
  }
}

async function sendOne(one) {
  await turn; // a draft that is still on its way must not come after what it became
  try {
    const values = [["client", one.id], ["text", one.text], ...(one.files ?? []).map((file) => ["file", file.key])];
    if (one.note) values.push(["note", "on"]);
    const html = await tell(one.address, values);
    forget(one.id);
    undraw(one.id);
    if (one.key === openKey()) arrived(html);
  } catch (error) {
    if (!(error instanceof Refused) || error.status >= 500 || error.status === 429) throw error;
    forget(one.id);
    undraw(one.id);
    refused(one, error);
  }
}

// refused puts the text back where it was typed and says why; where another conversation is open by now, it becomes a
// draft of its own.
function refused(one, error) {
  const why = error.said?.message ?? words().dataset.refused;
  refill(one.key, error.said?.fields?.files ? [] : one.files);
  if (one.key !== openKey()) {
    const before = remembered(one.key)?.text;
    remember({ ...one, text: before ? one.text + "\n" + before : one.text });
    return toast(why, "error");
  }
  if (!field().value.trim()) field().value = one.text;
  else field().value = one.text + "\n" + field().value;
  saveSoon();
  say(why);
  field().focus();
}

function say(text) {
  const place = document.getElementById("composer-error");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
}

function post() {
  const text = field().value;
  if (busy()) return; // it goes when its files are there
  const files = takeFiles();
  if (!text.trim() && !files.length) return field().focus();
  const one = { id: newId(), key: openKey(), address: composer().getAttribute("action"), text, files, note: isNote() };
  kept.list.push(one);
  keep();
  field().value = "";
  say("");
  clearTimeout(saving);
  saving = undefined;
  sessionStorage.removeItem(placeOf(one.key));
  drawPending(one);
  send();
}

// ---- drafts: one request at a time, so that an older one never overtakes a newer. What the server does not have yet
// stands in this tab's storage, so that a quick reload or a lost network loses no word.

let saving;
let leaving = false; // the next page is on its way, and may have been drawn before the server had the draft
let turn = Promise.resolve();

const placeOf = (key) => `rejoin-draft-${me}-${key}`;

function remember(draft) {
  try {
    sessionStorage.setItem(placeOf(draft.key), JSON.stringify(draft));
  } catch {
    // without storage the server's copy has to do
  }
}

function remembered(key) {
  try {
    return JSON.parse(sessionStorage.getItem(placeOf(key)));
  } catch {
    return null;
  }
}

function forgetDraft(draft) {
  if (leaving) return;
  const now = remembered(draft.key);
  if (now && now.text === draft.text && now.note === draft.note) sessionStorage.removeItem(placeOf(draft.key));
}

function draft() {
  return { key: openKey(), address: composer()?.dataset.draft, text: field()?.value ?? "", note: isNote() };
}

function save(one, options) {
  if (!one.address) return;
  const values = { text: one.text, ...(one.note ? { note: "on" } : {}) };
  turn = turn.then(() => quietly(tell(one.address, values, options).then(() => forgetDraft(one))));
}

function saveSoon() {
  clearTimeout(saving);
  const now = draft();
  remember(now);
  saving = setTimeout(() => {
    saving = undefined;
    save(now);
  }, 600);
}

function saveAtOnce() {
  if (!saving) return;
  clearTimeout(saving);
  saving = undefined;
  save(draft(), { keepalive: true });
}

function restore() {
  const before = remembered(openKey());
  if (!before?.text || !field()) return;
  field().value = before.text;
  composer().elements.note.value = before.note ? "on" : "";
  saveSoon();
}

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id === "open") saveAtOnce();
});
addEventListener("pagehide", saveAtOnce);
addEventListener("beforeunload", (event) => {
  leaving = true;
  if (kept.list.length) event.preventDefault();
});

// ---- the field

let toldAt = 0;

function typing() {
  if (Date.now() - toldAt < 2_500 || !field().value.trim()) return;
  toldAt = Date.now();
  quietly(tell(composer().dataset.typing, isNote() ? { note: "on" } : {}));
}

function dress() {
  if (!composer()) return;
  composer().classList.toggle("note", isNote());
  field().placeholder = isNote() ? field().dataset.note : field().dataset.reply;
}

export function write(note) {
  if (!composer()) return;
  composer().elements.note.value = note ? "on" : "";
  dress();
  field().focus();
}

document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  leaving = false;
  say("");
  saveSoon();
  typing();
});
document.addEventListener("change", (event) => {
  if (event.target.name !== "note" || event.target.form !== composer()) return;
  dress();
  saveSoon();
  field().focus();
});
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  post();
});
document.addEventListener("submit", (event) => {
  if (event.target !== composer()) return;
  event.preventDefault();
  post();
});

function begin() {
  restore();
  restoreFiles();
  dress();
  kept.list.forEach(drawPending);
  send();
}

settled(post);
addEventListener("online", send);
on("hello", send);
document.addEventListener("inbox:opened", begin);
begin();
