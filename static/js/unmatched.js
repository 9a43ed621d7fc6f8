// The mails that wait for admins: their number beside the rail's link, and their list, stay true on every page.
import { ask, elements, quietly, swap } from "./inbox_ask.js";
import { on } from "./inbox_stream.js";

const badge = () => document.getElementById("rail-unmatched");
const list = () => document.getElementById("unmatched");
const rows = (root) => [...root.querySelectorAll(".unmatched-row")];

async function count() {
  if (badge()) await swap(await ask(badge().dataset.href), "#rail-unmatched", "outerMorph");
}

// renew puts what is new on top and takes out what is gone; what was read farther down stays.
async function renew(gone) {
  if (!list()) return;
  const fresh = elements(await ask(list().dataset.href)).firstElementChild;
  const known = rows(fresh);
  if (!known.length || !rows(list()).length) return swap(fresh.outerHTML, "#unmatched", "outerHTML");
  const keys = new Set(known.map((row) => row.dataset.key));
  const whole = !fresh.querySelector("#unmatched-more"); // the first page is all there is
  for (const row of rows(list())) {
    if (!keys.has(row.dataset.key) && (whole || row.dataset.key === gone)) leave(row);
  }
  for (const row of known.reverse()) {
    if (document.getElementById(row.id)) continue;
    list().querySelector("ol").prepend(row);
    window.htmx.process(row);
  }
}

// leave takes a row out; who stood on it stands on the next one.
function leave(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (row.contains(document.activeElement)) next?.querySelector("a")?.focus();
  row.remove();
}

on("mail.unmatched hello resync", ({ key }) => {
  quietly(count());
  quietly(renew(key));
});

// A step of what can be done with a mail begins where its first control is.
document.addEventListener("htmx:after:swap", () => {
  const acts = document.getElementById("mail-acts");
  if (!acts || document.activeElement !== document.body && acts.contains(document.activeElement)) return;
  if (acts.dataset.step !== acts.dataset.begun) {
    acts.dataset.begun = acts.dataset.step;
    acts.querySelector("[data-first]")?.focus();
  }
});
