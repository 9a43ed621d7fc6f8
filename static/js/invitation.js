// The dialog that invites a customer back: the email follows the text, Escape asks when something was written, and
// what was written survives a reload of the page.
import { clear, show } from "./invitation_frame.js";

const find = (name, root = document) => root.querySelector(name);
const form = () => find("#invitation-form");
const text = () => find("#invitation-text");
const dialog = () => form()?.closest("dialog");
let conversation; // whose dialog is, or was, open
let opener;
let shown = "";

const slot = () => `invitation ${document.getElementById("inbox")?.dataset.agent ?? ""} ${conversation}`;

function keep(value) {
  try {
    if (value) sessionStorage.setItem(slot(), value);
    else sessionStorage.removeItem(slot());
  } catch { /* storage is blocked: the text lives as long as the dialog */ }
}

function kept() {
  try {
    return sessionStorage.getItem(slot()) ?? "";
  } catch {
    return "";
  }
}

// The email is posted once for each instant and text that the server has answered for.
function follow() {
  const place = form() && find("[data-frame]", form());
  if (!place) return;
  const preview = find("#invitation-preview");
  const ready = preview?.hasAttribute("data-ready");
  const which = ready ? find("[name=digest]", preview).value : "";
  if (which === shown && (!ready || find(".email-frame", place))) return;
  shown = which;
  if (ready) show(form(), place);
  else clear(place);
}

function settle() {
  const write = find("[data-invitation-write]");
  if (write) write.inert = Boolean(find("#invitation-foot[data-confirming]"));
  if (find("#invitation-error:not([hidden])")) find("#invitation-form [name=side][value=write]").checked = true;
  follow();
}

function arrive() {
  if (!form() || form().dataset.arrived) return;
  form().dataset.arrived = "yes";
  conversation = form().dataset.invitation;
  shown = "";
  opener = document.activeElement;
  if (!text().value && kept()) {
    text().value = kept();
    text().dispatchEvent(new Event("input", { bubbles: true }));
  }
  follow();
}

// Leaving: nothing written leaves at once, else the foot asks.
function leave() {
  if (!text()?.value.trim()) return discard();
  ask(true);
}

function ask(yes) {
  const question = find("[data-leave]");
  if (!question) return;
  question.hidden = !yes;
  (yes ? find("[data-stays]", question) : text())?.focus();
}

function discard() {
  if (text()) text().value = "";
  keep("");
  const open = dialog();
  if (!open) return;
  open.close();
  opener?.focus?.();
}

document.addEventListener("input", (event) => {
  if (event.target.id === "invitation-text") keep(event.target.value);
});

document.addEventListener("keydown", (event) => {
  const open = dialog();
  if (!open?.open) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    const question = find("[data-leave]");
    if (question && !question.hidden) return ask(false);
    const back = find("#invitation-foot[data-confirming] [value=write]");
    if (back) return back.click();
    leave();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target === text()) {
    find("#invitation-foot [value=confirm]")?.click();
  }
}, true);

document.addEventListener("click", (event) => {
  const open = dialog();
  if (!open?.contains(event.target)) return;
  const hit = (selector) => event.target.closest(selector);
  if (hit("[data-stays]")) return ask(false);
  if (hit("[data-discards]")) return discard();
  if (hit("[data-closes]") || hit("[data-leaves]")) {
    event.preventDefault();
    event.stopPropagation();
    leave();
  }
}, true);

// The system's own way of closing, such as the back gesture of a phone.
document.addEventListener("cancel", (event) => {
  if (event.target !== dialog() || !text()?.value.trim()) return;
  event.preventDefault();
  ask(true);
}, true);

document.addEventListener("invitation-sent", () => {
  keep("");
  opener?.focus?.();
});

new MutationObserver((changes) => {
  arrive();
  if (changes.some((change) => change.target.closest?.("#invitation-form"))) settle();
}).observe(document.body, { childList: true, subtree: true });
arrive();
