// Where emails come from: the page follows what becomes of it, keeps a typed password over a refusal, and says when a
// running check was lost.
import { on } from "./inbox_stream.js";

on("setting.changed", () => document.querySelector("[data-sender]")?.dispatchEvent(new CustomEvent("senderchanged")));

// The server never sends a password back: what was typed is kept here until the form is taken.
const password = () => document.querySelector("#server-form input[type=password]");
let typed = "";
document.addEventListener("submit", ({ target }) => { if (target.id === "server-form") typed = password()?.value ?? ""; }, true);

new MutationObserver((changes) => {
  const swapped = changes.some((change) => [...change.addedNodes].some((node) => node.id === "sender"));
  if (!swapped) return;
  if (typed && password() && !password().value && document.querySelector("#sender[data-refused]")) password().value = typed;
  typed = "";
  document.querySelector("#sender [aria-invalid=true]")?.focus();
}).observe(document.body, { childList: true, subtree: true });

// A check runs as long as its answer: when that ends early, its lines would wait for ever.
const broken = () => document.querySelector("[data-check-broken]");
document.addEventListener("submit", ({ target }) => { if (target.matches("[data-check]") && broken()) broken().hidden = true; }, true);
for (const end of ["htmx:sse:close", "htmx:sse:error", "htmx:error"]) {
  document.addEventListener(end, ({ target }) => {
    if (!target.matches?.("[data-check]")) return;
    const running = document.querySelector(".check-result[data-running]");
    if (!running) return;
    running.remove();
    broken().hidden = false;
  });
}
