// The list: rows move to their place as events tell of them, without stealing the scroll position; what may have been
// missed is read again.
import { ask, elements, quietly, swap } from "./inbox_ask.js";
import { on } from "./inbox_stream.js";

const page = document.getElementById("inbox");
const most = 10; // pages that are read again at once
const rows = () => document.getElementById("rows");
const scroller = () => document.getElementById("list-body");
const items = () => [...(rows()?.querySelectorAll(".row-item") ?? [])];
export const openKey = () => document.getElementById("open")?.dataset.key;

// filter is the state of the list, which is the address.
function filter() {
  const query = new URLSearchParams(location.search);
  return { view: query.get("view") || "all", reach: query.get("reach") || "", search: query.get("q") || "" };
}

function belongs({ dataset: row }, { view, reach }) {
  if (reach && row.reach !== reach) return false;
  if (view === "closed" || view === "spam") return row.state === view;
  if (view === "due") return row.due !== "" && row.state !== "spam";
  if (row.state !== "open") return false;
  switch (view) {
    case "mine": return row.assignee === page.dataset.agent;
    case "unassigned": return row.assignee === "";
    case "waiting_for_us": return row.waiting === "us";
    case "waiting_for_them": return row.waiting === "them";
  }
  return true;
}

const newer = (a, b) => Number(a.dataset.at) - Number(b.dataset.at) || Number(a.dataset.id) - Number(b.dataset.id);

// steady does something to the list and leaves what is read where it is on the screen.
function steady(act, moving) {
  const box = scroller();
  const top = box.getBoundingClientRect().top;
  const held = box.scrollTop > 0 && items().find((item) => item.id !== moving && item.getBoundingClientRect().bottom > top);
  const before = held && held.getBoundingClientRect().top;
  act();
  if (held?.isConnected) box.scrollTop += held.getBoundingClientRect().top - before;
}

// Between press and release nothing moves under the pointer: the click would be lost.
let pressed = false;
const held = new Map(); // id → the newest of its rows that came meanwhile

function release() {
  setTimeout(() => {
    pressed = false;
    if (stalled) count();
    const late = [...held.values()];
    held.clear();
    late.forEach(place);
  });
}

document.addEventListener("pointerdown", (event) => { pressed = rows()?.contains(event.target) ?? false; }, true);
for (const end of ["pointerup", "pointercancel", "dragend"]) document.addEventListener(end, release, true);
addEventListener("blur", release);

// place puts a row where it belongs now, or takes it out.
function place(item) {
  if (pressed) return void held.set(item.id, item);
  const now = filter();
  const old = document.getElementById(item.id);
  const focused = old?.contains(document.activeElement);
  const link = item.querySelector("a");
  link.setAttribute("href", link.getAttribute("href").split("?")[0] + location.search);
  if (item.dataset.key === openKey()) link.setAttribute("aria-current", "true");
  steady(() => {
    const next = now.search ? old?.nextElementSibling : items().find((other) => other !== old && newer(item, other) > 0);
    old?.remove();
    if (!belongs(item, now) || (now.search && !old)) return;
    const more = rows().querySelector(".rows-more");
    if (!next && more && !now.search) return; // it comes with a later page
    rows().insertBefore(item, next ?? more);
    window.htmx.process(item);
  }, item.id);
  if (focused) document.getElementById(item.id)?.querySelector("a").focus({ preventScroll: true });
}

export function mark() {
  const key = openKey();
  for (const item of items()) {
    const link = item.querySelector("a");
    if (item.dataset.key === key) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

export function step(by) {
  const all = items();
  const at = all.findIndex((item) => item.dataset.key === openKey());
  const to = at < 0 ? all[0] : all[at + by];
  to?.querySelector("a").click();
  to?.scrollIntoView({ block: "nearest" });
}

// ---- what may have been missed

let counting;
let counted = 0;
let stalled = false; // the numbers wait until nothing is pressed: a line above the rows may come or go

export function count() {
  counting ??= setTimeout(async () => {
    counting = undefined;
    counted = Date.now();
    const html = await quietly(ask(page.dataset.counts + location.search));
    stalled = pressed;
    if (html && !pressed) await swap(html, "#views", "outerMorph");
    titled();
  }, Math.max(0, counted + 1_000 - Date.now()));
}

// titled says how many wait, in the title and beside the rail's link.
function titled() {
  const waiting = document.getElementById("views")?.dataset.unread ?? "";
  const title = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = waiting ? `(${waiting}) ${title}` : title;
  const beside = document.getElementById("rail-unread");
  if (beside && beside.textContent.trim() !== waiting) {
    beside.replaceChildren();
    if (waiting) beside.append(Object.assign(document.createElement("span"), { className: "count unread", textContent: waiting }));
  }
}

// read reads as many pages again as the list shows.
async function read() {
  const wanted = items().length;
  const found = [];
  let address = page.dataset.inbox + "/rows" + location.search;
  for (let at = 0; address && at < most; at++) {
    const part = elements(await ask(address));
    found.push(...part.querySelectorAll(".row-item"));
    const more = part.querySelector(".rows-more");
    address = more?.getAttribute("hx-get");
    if (!more || found.length >= wanted) return { found, more };
  }
  return { found, more: null };
}

let reading = false;
let stale = false; // something was missed while it was being read

// again makes the list true, however much was missed; it tries until it can.
async function again() {
  if (reading) {
    stale = true;
    return;
  }
  reading = true;
  stale = false;
  const asked = location.search;
  try {
    const { found, more } = await read();
    if (asked === location.search) renew(found, more);
    count();
  } catch {
    setTimeout(again, 3_000);
  } finally {
    reading = false;
    if (stale) again();
  }
}

function renew(found, more) {
  const known = new Set(found.map((item) => item.id));
  steady(() => {
    for (const item of items()) if (!known.has(item.id)) item.remove();
    rows().querySelector(".rows-more")?.remove();
  });
  if (more) {
    rows().append(more);
    window.htmx.process(more);
  }
  found.forEach(filter().search ? replace : place);
}

function replace(item) {
  const old = document.getElementById(item.id);
  if (old) return place(item);
  rows().insertBefore(item, rows().querySelector(".rows-more"));
  window.htmx.process(item);
}

// ---- events

on("message.posted message.seen customer.arrived customer.left customer.changed customer.rejoined conversation.changed delivery.changed mail.held", ({ part }) => {
  const item = part?.querySelector("[data-part=row] > .row-item");
  if (!item || !rows()) return;
  place(item);
  count();
});

// A plan that only moves counts as before: an agent's draft moves one with every pause.
on("plan.made", ({ part }) => {
  const item = part?.querySelector("[data-part=row] > .row-item");
  if (!item || !rows()) return;
  const before = document.getElementById(item.id);
  const counts = !before || (before.dataset.due === "") !== (item.dataset.due === "");
  place(item);
  if (counts) count();
});
on("plans.moved", count);
on("conversation.deleted", ({ key }) => {
  document.getElementById("row-" + key)?.remove();
  count();
});
on("hello resync", again);

const typers = new Map();

on("customer.typed", ({ key }) => {
  const row = document.getElementById("row-" + key);
  if (!row) return;
  row.dataset.typing = document.getElementById("inbox-words").dataset.typingCustomer;
  clearTimeout(typers.get(key));
  typers.set(key, setTimeout(() => delete document.getElementById("row-" + key)?.dataset.typing, 5_000));
});

// A page of rows may bring what an event has brought already.
document.addEventListener("htmx:after:swap", () => {
  const seen = new Set();
  for (const item of items()) {
    if (seen.has(item.id)) item.remove();
    seen.add(item.id);
  }
  titled();
});

document.addEventListener("inbox:opened", mark);
titled();
