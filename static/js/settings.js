// The settings pages: colours, zones, texts, and the email that follows its form. All else is htmx's.
import "./settings_texts.js";
import "./settings_sender.js";
import { colors } from "./settings_color.js";
import { zones } from "./settings_zone.js";
import { on } from "./inbox_stream.js";
import { show } from "./invitation_frame.js";

const pause = 300;
let timer;

const place = () => document.querySelector("#settings-form [data-frame]");

function follow(after) {
  clearTimeout(timer);
  timer = setTimeout(() => place() && show(place().closest("form"), place()), after);
}

function arrive() {
  colors();
  zones();
  if (place()) follow(0);
}

document.addEventListener("input", (event) => {
  if (!event.target.closest?.("#settings-form") || !place() || event.target.name === "view") return;
  follow(event.target.matches("[data-look]") ? 0 : pause);
});

// What was refused is looked at again as soon as it is edited.
document.addEventListener("input", ({ target }) => {
  const field = target.closest?.("#settings-form .field.refused");
  if (!field) return;
  field.classList.remove("refused");
  field.querySelectorAll(".field-error").forEach((error) => error.remove());
  field.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
});

// Whoever saves at the end of a long form is shown what was refused, wherever it stands.
let saving = false;
document.addEventListener("submit", ({ target, submitter }) => { saving = target.id === "settings-form" && !submitter?.name; }, true);

function refused() {
  const notice = saving && document.querySelector("#settings-form .card-body > .notice.error");
  saving = false;
  if (!notice) return;
  const field = !notice.querySelector(".clashes") && [...document.querySelectorAll("#settings-form [aria-invalid=true]")].find((one) => one.checkVisibility());
  field?.focus?.({ preventScroll: true });
  (field || notice).scrollIntoView({ block: "center" });
}

// New plans are told as they are made, and a replay that failed is tried again.
on("plans.moved", () => document.querySelector("[data-plans]")?.dispatchEvent(new CustomEvent("plansmoved")));
document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-replay-again]")) target.closest("[hx-post]")?.dispatchEvent(new CustomEvent("replayagain"));
});

// What was typed and not saved asks before it is lost.
let dirty = false;
document.addEventListener("input", (event) => { dirty ||= Boolean(event.target.closest?.("#settings-form") && !event.target.matches("[data-look]")); });
document.addEventListener("submit", () => { dirty = false; }, true);
document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("[data-leaves-settings]")) return;
  dirty = false;
  document.querySelector("[data-unsaved]")?.removeAttribute("data-unsaved");
});
addEventListener("beforeunload", (event) => { if (dirty || document.querySelector("[data-unsaved]")) event.preventDefault(); });

new MutationObserver((changes) => {
  const swapped = changes.some((change) => [...change.addedNodes].some((node) => node.id === "settings-form"));
  if (!swapped) return;
  arrive();
  requestAnimationFrame(refused); // after the focus is back where it was
}).observe(document.body, { childList: true, subtree: true });
arrive();
document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
