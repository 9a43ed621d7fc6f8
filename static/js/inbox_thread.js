// The thread: messages come in the order of their numbers, a gap is fetched, earlier ones load without a jump.
import { ask, elements, quietly, tell } from "./inbox_ask.js";
import { openKey } from "./inbox_list.js";
import { on } from "./inbox_stream.js";
import { spoken } from "../widget/sent.js";

const page = document.getElementById("inbox");
const open = () => document.getElementById("open");
const thread = () => document.getElementById("thread");
const box = () => document.getElementById("thread-scroll");
const words = () => document.getElementById("inbox-words");
const last = () => Number(open()?.dataset.last ?? 0);
const near = 120; // pixels from the end that still count as the end

const atEnd = () => box() && box().scrollHeight - box().scrollTop - box().clientHeight < near;
const toEnd = () => { if (box()) box().scrollTop = box().scrollHeight; };

// Who stands at the end stays there, whatever grows in the thread or below it, until they scroll up.
let stuck = true;
let top = 0;
const held = new ResizeObserver(() => stuck && toEnd());

function entries() {
  return [...thread().querySelectorAll("[data-seq]")];
}

// days puts a line between the messages of two days, by the reader's own zone.
function days() {
  let before = "";
  for (const entry of entries()) {
    const at = new Date(entry.dataset.at);
    const day = at.toDateString();
    let above = entry.previousElementSibling;
    const fresh = above?.matches(".new-line") ? above : null;
    if (fresh) above = fresh.previousElementSibling;
    const line = above?.matches(".day-line") ? above : null;
    if (day === before) line?.remove();
    else if (!line) (fresh ?? entry).before(dayLine(entry.dataset.at));
    before = day;
  }
}

function dayLine(at) {
  const line = document.createElement("div");
  line.className = "day-line";
  const time = document.createElement("time");
  time.dateTime = at;
  time.dataset.format = "day";
  line.append(time);
  return line;
}

// append puts messages behind the last one and says what a customer wrote.
function append(parts) {
  const end = stuck || atEnd();
  for (const part of parts) {
    const entry = part.matches("[data-seq]") ? part : part.querySelector("[data-seq]");
    if (!entry || Number(entry.dataset.seq) <= last()) continue;
    if (entry.dataset.client) document.querySelector(`[data-pending="${CSS.escape(entry.dataset.client)}"]`)?.remove();
    const pending = thread().querySelector(".message.pending");
    if (pending) pending.before(entry);
    else thread().append(entry);
    window.htmx.process(entry);
    open().dataset.last = entry.dataset.seq;
    speak(entry);
    if (entry.dataset.by === "customer") hushed("");
    else hushedAgent(entry.dataset.author);
  }
  days();
  if (end) toEnd();
  newest();
  seen();
}

function speak(entry) {
  if (!entry.dataset.name) return;
  const said = words().dataset.said;
  const text = spoken(entry);
  document.getElementById("said").textContent = said.replace("{name}", entry.dataset.name).replace("{text}", text);
}

let fetching = false;
let behind = false; // something came, or another conversation was opened, while it was being read

// missed reads what was posted after the last one that is shown, until there is nothing more.
export async function missed() {
  behind = fetching;
  if (fetching) return;
  fetching = true;
  const key = openKey();
  try {
    for (let got = 1; got > 0 && key === openKey();) {
      const parts = [...elements(await ask(`${open().dataset.href}/messages?after=${last()}`)).querySelectorAll("[data-seq]")];
      if (key !== openKey()) break;
      got = parts.length;
      append(parts);
    }
  } catch {
    setTimeout(() => openKey() && missed(), 3_000);
  } finally {
    fetching = false;
    if (behind && openKey()) missed();
  }
}

on("message.posted", ({ key, seq, part }) => {
  if (key !== openKey() || seq <= last()) return;
  const entry = part.querySelector("[data-part=message] [data-seq]");
  if (seq === last() + 1 && entry) append([entry]);
  else missed();
});
on("hello resync", () => openKey() && missed());

// What was decided about a stranger's mail stands in its place.
on("mail.held", ({ key, seq, part }) => {
  const stood = key === openKey() && thread()?.querySelector(`[data-seq="${seq}"]`);
  const entry = part.querySelector(`[data-part=message] [data-seq="${seq}"]`);
  if (!stood || !entry || stood.matches(".held") === entry.matches(".held")) return;
  const focused = stood.contains(document.activeElement);
  stood.replaceWith(entry);
  window.htmx.process(entry);
  if (focused) entry.querySelector("a")?.focus({ preventScroll: true });
  if (stuck) toEnd();
});

// arrived takes a message of our own that the server has answered with.
export function arrived(html) {
  const entry = elements(html).querySelector("[data-seq]");
  if (!entry || Number(entry.dataset.seq) <= last()) return;
  if (Number(entry.dataset.seq) === last() + 1) append([entry]);
  else missed();
}

// ---- earlier messages

let loading = false;

async function earlier(link) {
  if (loading) return;
  loading = true;
  link.setAttribute("aria-busy", "true");
  const key = openKey();
  const html = await quietly(ask(link.getAttribute("href")));
  loading = false;
  link.removeAttribute("aria-busy");
  if (!html || key !== openKey()) return;
  const height = box().scrollHeight;
  const at = box().scrollTop;
  link.replaceWith(elements(html));
  open().dataset.first = entries()[0]?.dataset.seq ?? open().dataset.first;
  window.htmx.process(thread());
  days();
  box().scrollTop = at + box().scrollHeight - height;
  watchEarlier();
}

const above = new IntersectionObserver((found) => found.forEach((one) => one.isIntersecting && earlier(one.target)));

function watchEarlier() {
  above.disconnect();
  const link = document.getElementById("earlier");
  if (link) above.observe(link);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#earlier");
  if (!link) return;
  event.preventDefault();
  earlier(link);
});

// ---- seen

on("message.seen", ({ key, seq, note }) => {
  if (key !== openKey() || note !== "us") return;
  open().dataset.agentSeen = Math.max(seq, Number(open().dataset.agentSeen));
});

let telling = 0;

// seen says that the newest message is on the screen of someone who looks.
function seen() {
  const conversation = open();
  if (!openKey() || document.visibilityState !== "visible" || !atEnd()) return;
  const newestSeq = last();
  if (newestSeq <= Math.max(telling, Number(conversation.dataset.agentSeen))) return;
  telling = newestSeq;
  tell(document.getElementById("composer").dataset.seen, { seq: newestSeq })
    .then(() => { conversation.dataset.agentSeen = newestSeq; })
    .catch(() => {})
    .finally(() => { telling = 0; });
}

function newest() {
  const button = document.getElementById("newer");
  if (button) button.hidden = atEnd();
}

document.addEventListener("visibilitychange", seen);
document.addEventListener("scroll", (event) => {
  if (event.target !== box()) return;
  const before = top;
  top = box().scrollTop;
  if (atEnd()) stuck = true;
  else if (top < before) stuck = false;
  newest();
  if (atEnd()) seen();
}, true);
document.addEventListener("click", (event) => event.target.closest("#newer") && toEnd());

// ---- who is writing

const typing = new Map(); // who → timer

function hushed(who) {
  clearTimeout(typing.get(who));
  typing.delete(who);
  drawTyping();
}

// hushedAgent forgets every agent: the one who wrote has written.
function hushedAgent() {
  for (const who of [...typing.keys()]) if (who) hushed(who);
}

function typed(who) {
  clearTimeout(typing.get(who));
  typing.set(who, setTimeout(hushed, 5_000, who));
  drawTyping();
}

function nameOf(who) {
  if (who === "") return open().dataset.name;
  return document.querySelector(`[data-agent="${CSS.escape(who)}"][data-name]`)?.dataset.name;
}

function drawTyping() {
  const place = document.getElementById("typing");
  if (!place) return;
  const end = atEnd();
  const names = [...typing.keys()].map(nameOf).filter(Boolean);
  place.hidden = names.length === 0;
  const { typing: one, typingMany: many } = words().dataset;
  place.querySelector(".thread-typing-who").textContent = names.length === 1 ? one.replace("{name}", names[0]) : many;
  if (end) toEnd();
}

on("customer.typed", ({ key }) => key === openKey() && typed(""));
on("agent.typed", ({ key, note }) => key === openKey() && note !== page.dataset.agent && typed(note));

// ---- another conversation

function begin() {
  typing.forEach(clearTimeout);
  typing.clear();
  held.disconnect();
  if (!thread()) return;
  held.observe(box());
  held.observe(thread());
  days();
  const fresh = thread().querySelector(".new-line");
  if (fresh && box().scrollHeight - fresh.offsetTop > box().clientHeight) fresh.scrollIntoView({ block: "start" });
  else toEnd();
  stuck = atEnd();
  top = box().scrollTop;
  newest();
  watchEarlier();
  seen();
}

document.addEventListener("inbox:opened", begin);
begin();
