// The newcomers' page: the application's clock runs in the brand's zone, and two windows stand side by side.
import { language } from "./language.js";

const parts = {
  weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short",
};

function tick() {
  for (const shown of document.querySelectorAll("[data-clock]")) {
    const words = new Intl.DateTimeFormat(language, { ...parts, timeZone: shown.dataset.zone });
    shown.textContent = words.format(Date.now() + Number(shown.dataset.clock) * 1000);
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:after:swap", tick);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-beside]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const half = Math.floor(screen.availWidth / 2);
  const left = (screen.availLeft ?? 0) + (link.dataset.beside === "right" ? half : 0);
  const shape = `popup,left=${left},top=${screen.availTop ?? 0},width=${half},height=${screen.availHeight}`;
  const opened = window.open(link.href, link.target + "-beside", shape);
  if (!opened) return; // the browser lets no window open: the link opens a tab
  opened.focus();
  event.preventDefault();
});
