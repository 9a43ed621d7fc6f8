// Single keys, never while someone types or a dialog is open.
import { write } from "./inbox_composer.js";
import { step } from "./inbox_list.js";

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");
const press = (selector) => document.querySelector(selector)?.click();

function assignToMe() {
  const form = document.getElementById("assignment");
  if (!form) return;
  form.elements.assignee.value = form.dataset.me;
  form.elements.assignee.dispatchEvent(new Event("change", { bubbles: true }));
}

const keys = {
  j: () => step(1),
  k: () => step(-1),
  e: () => press("#closure button"),
  a: assignToMe,
  r: () => write(false),
  n: () => write(true),
  i: () => press("#invite:not([aria-disabled])"),
  "/": () => document.querySelector("#search input")?.focus(),
  "?": () => document.getElementById("keys").showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target) && !event.target.closest("dialog")) return event.target.blur();
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#invite[aria-disabled]")) event.preventDefault();
});
