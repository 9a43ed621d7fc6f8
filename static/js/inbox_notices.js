// Notices: what an agent is told wherever in the inbox they are, such as an email that failed. One stands in the tab that
// is looked at, else in all of them until it was read or put away in one.
import { openKey } from "./inbox_list.js";
import { aware, notify, unlessLooked } from "./inbox_notify.js";
import { leads, on } from "./inbox_stream.js";

const page = document.getElementById("inbox");
const region = document.getElementById("toasts");
const others = "BroadcastChannel" in window ? new BroadcastChannel("rejoin-notices") : null;
const standing = (id) => region.querySelector(`[data-notice="${CSS.escape(id)}"]`);
const link = (notice) => notice.querySelector(".toast-link");

// stand puts a notice up, in the place of the one before it about the same.
function stand(notice) {
  standing(notice.dataset.notice)?.remove();
  link(notice).setAttribute("href", link(notice).getAttribute("href").split("?")[0] + location.search);
  region.append(notice);
  window.htmx.process(notice);
}

on("message.posted delivery.changed", ({ part, key }) => {
  const drawn = part?.querySelector("[data-part=notice] > [data-notice]");
  if (!drawn || (drawn.dataset.for && drawn.dataset.for !== page.dataset.agent)) return;
  const notice = drawn.cloneNode(true);
  if (aware()) {
    const told = key === openKey() && !("stays" in notice.dataset); // the line in the thread tells it
    return told || stand(notice);
  }
  unlessLooked(() => {
    stand(notice);
    if (leads()) notify(notice.dataset.name, notice.querySelector(".toast-text").textContent, notice.dataset.notice, link(notice).getAttribute("href"));
  });
});

new MutationObserver((changes) => {
  for (const { removedNodes } of changes) {
    for (const { dataset } of removedNodes) {
      if (dataset?.notice && !standing(dataset.notice)) others?.postMessage(dataset.notice);
    }
  }
}).observe(region, { childList: true });

others?.addEventListener("message", ({ data }) => standing(data)?.remove());
document.addEventListener("click", (event) => {
  const notice = event.target.closest(".toast-link")?.closest("[data-notice]");
  if (notice) setTimeout(() => notice.remove()); // once the link has done its work
});
