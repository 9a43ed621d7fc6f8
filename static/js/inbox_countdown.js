// Counts down to the emails that are planned, by the server's clock: it may go wrong here, and the demo moves it.
import { on } from "./inbox_stream.js";
import { language } from "./language.js";

const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "medium" });
let ahead = 0; // milliseconds that the server's clock is ahead of ours

const two = (n) => String(n).padStart(2, "0");

function left(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function say(fate) {
  const time = fate.querySelector("[data-countdown]");
  const rest = Date.parse(fate.dataset.due) - Date.now() - ahead;
  if (time) {
    const text = left(rest);
    if (time.textContent !== text) time.textContent = text;
    const title = full.format(new Date(fate.dataset.due));
    if (time.title !== title) time.title = title;
  }
  const past = rest <= 0;
  const show = (element, yes) => { if (element && element.hidden === yes) element.hidden = !yes; };
  show(fate.querySelector(".fate-when"), !past);
  show(fate.querySelector(".fate-now"), past);
  show(fate.parentElement.querySelector(".fate-acts"), !past);
}

const sayAll = () => document.querySelectorAll("[data-due][data-now]").forEach(say);

function learn(now) {
  const told = Date.parse(now);
  if (Number.isNaN(told)) return;
  ahead = told - Date.now();
  sayAll();
}

// What comes anew or was drawn over says the server's time of its drawing; it is said again before anyone sees it.
function drawn(changes) {
  let newest = "";
  for (const { type, target, addedNodes } of changes) {
    const found = type === "attributes" ? [target] : [...addedNodes].filter((node) => node.nodeType === Node.ELEMENT_NODE)
      .flatMap((node) => [node, ...node.querySelectorAll("[data-due][data-now]")]);
    for (const fate of found) if (fate.matches("[data-due][data-now]") && fate.dataset.now > newest) newest = fate.dataset.now;
  }
  if (newest) learn(newest);
}

new MutationObserver(drawn).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-now", "data-due"] });
on("alive message.posted plan.made delivery.changed customer.left customer.arrived", ({ at }) => learn(at));
document.querySelectorAll("[data-due][data-now]").forEach((fate) => learn(fate.dataset.now));
setInterval(sayAll, 1_000);
