// Opening a conversation beside the list, and the way back and forward through what was open.
import { ask, quietly, swap } from "./inbox_ask.js";
import { openKey } from "./inbox_list.js";
import { on } from "./inbox_stream.js";
import { language } from "./language.js";
import { toast } from "./toast.js";

const page = document.getElementById("inbox");
const part = (name) => document.getElementById("open").dataset.href + "/" + name;
const keyOf = (path) => path.startsWith(page.dataset.inbox + "/c/") ? decodeURIComponent(path.slice(page.dataset.inbox.length + 3)) : "";

let shown = openKey();
let stood = document.getElementById("open");

// opened is told whenever another conversation, or none, stands in the middle.
function opened() {
  const now = openKey();
  page.dataset.pane = now ? "thread" : "list";
  const changed = now !== shown;
  stood = document.getElementById("open");
  shown = now;
  document.dispatchEvent(new CustomEvent("inbox:opened", { detail: { changed } }));
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const target = ctx.target instanceof Element ? ctx.target.id : ctx.target;
  const other = document.getElementById("open") !== stood; // a live update changes what stands in it alone
  if (other && (target === "open" || target === "#open")) opened();
});

// The address leads: what it names is fetched and put in its place, instead of a new page.
document.addEventListener("htmx:before:history:restore", (event) => {
  if (!page) return;
  event.preventDefault();
  quietly(restore());
});

async function restore() {
  const key = keyOf(location.pathname);
  const field = document.querySelector("#search input");
  const search = new URLSearchParams(location.search).get("q") ?? "";
  if (field.value !== search) field.value = search;
  await swap(await ask(page.dataset.inbox + location.search), "#list", "outerMorph");
  if (key === (openKey() ?? "")) return;
  if (!key) return empty();
  await swap(await ask(location.pathname + location.search), "#open", "outerHTML");
  opened();
}

// empty shows the list alone: the page says what stands in the middle then.
async function empty() {
  await swap(document.getElementById("none").innerHTML, "#open", "outerHTML");
  opened();
}

document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (!back || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  history.pushState({ htmx: true }, "", page.dataset.inbox + location.search);
  quietly(empty());
});

// ---- what is open stays true

let due;
let reading = false;
let whole = false; // more than the fates may have changed

// now reads head, customer and fates again; several events at once are one reading, and readings come one after the
// other, so that an older state never replaces a newer one.
export function now() {
  whole = true;
  soon();
}

// fates reads only what becomes of the messages, and what the composer says of the next one.
export function fates() {
  soon();
}

function soon() {
  due ??= setTimeout(async () => {
    due = undefined;
    if (reading) return soon();
    reading = true;
    const all = whole;
    whole = false;
    await quietly(read(all ? "now" : "fates"));
    reading = false;
  }, 60);
}

async function read(what) {
  const key = openKey();
  if (!key) return;
  const { first } = document.getElementById("open").dataset;
  const html = await ask(`${part(what)}?first=${first}${editing() ? "&editing=1" : ""}`);
  if (key !== openKey()) return;
  const held = unfolded().map((one) => one.open); // the server draws them closed, and someone may be reading or choosing
  await swap(html, "#open", "none");
  unfolded().forEach((one, at) => { one.open ||= held[at] ?? false; });
}

// What has the focus under a message passes it on to what stands there after a swap.
let pass = () => {};
document.addEventListener("htmx:before:swap", () => {
  pass = () => {};
  const before = document.activeElement;
  const held = before?.closest(".message.held")?.id;
  if (held) {
    pass = () => {
      if (before.isConnected) return;
      pass = () => {};
      if (document.activeElement === document.body) document.querySelector(`#${held} a`)?.focus({ preventScroll: true });
    };
    return;
  }
  const foot = before?.closest(".message-foot")?.id;
  if (!foot) return;
  const asks = before.form?.getAttribute("action");
  pass = () => {
    if (before.isConnected) return;
    pass = () => {};
    if (document.activeElement !== document.body) return;
    const now = [...document.querySelectorAll(`#${foot} :is(button, a)`)].filter((one) => one.checkVisibility());
    (now.find((one) => asks && one.form?.getAttribute("action") === asks) ?? now[0])?.focus({ preventScroll: true });
  };
});
document.addEventListener("htmx:after:swap", () => pass());

const unfolded = () => [...document.querySelectorAll("#thread-head details, #pane-customer details")];
const editing = () => document.getElementById("customer-form");

const whenOpen = (take) => (event, name) => event.key === openKey() && openKey() && take(event, name);

on("customer.arrived customer.left customer.changed customer.rejoined conversation.changed delivery.changed mail.held", whenOpen(now));
on("plan.made message.seen message.posted", whenOpen(fates));
on("agent.changed", (event) => {
  now();
  if (event.key === page.dataset.agent) quietly(ask(page.dataset.status).then((html) => swap(html, "#own-status", "outerHTML")));
});
on("setting.changed", now);
on("hello resync", now);
on("conversation.deleted", whenOpen(() => {
  toast(document.getElementById("inbox-words").dataset.deleted);
  history.replaceState({ htmx: true }, "", page.dataset.inbox + location.search);
  quietly(empty());
}));

// ---- the customer's own time

function tick() {
  const place = document.querySelector(".local-time");
  if (!place) return;
  try {
    place.textContent = new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: place.dataset.zone }).format(new Date());
  } catch {
    // a zone that this browser does not know: what the server said stays
  }
}

setInterval(tick, 15_000);
document.addEventListener("htmx:after:swap", tick);
tick();
