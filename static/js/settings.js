// The settings pages: colours, zones, and the email that follows its form. All else is htmx's.
import { colors } from "./settings_color.js";
import { zones } from "./settings_zone.js";
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
  if (event.target.closest?.("#settings-form") && place()) follow(pause);
});

// What was typed and not saved asks before it is lost.
let dirty = false;
document.addEventListener("input", (event) => { dirty ||= Boolean(event.target.closest?.("#settings-form")); });
document.addEventListener("submit", () => { dirty = false; }, true);
addEventListener("beforeunload", (event) => { if (dirty || document.querySelector("[data-unsaved]")) event.preventDefault(); });

new MutationObserver((changes) => {
  const swapped = changes.some((change) => [...change.addedNodes].some((node) => node.id === "settings-form"));
  if (swapped) arrive();
}).observe(document.body, { childList: true, subtree: true });
arrive();
document.querySelector(".settings-nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
