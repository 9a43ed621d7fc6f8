// The panel speaks the customer's language as soon as it is known: its texts are exchanged in place, so that nothing
// typed and no focus is lost.
import { zone } from "./calls.js";

let speaking;

export async function speak(base, language) {
  const root = document.documentElement;
  if (!language || language === root.lang || language === speaking) return;
  speaking = language;
  try {
    const response = await fetch(base + "/panel?" + new URLSearchParams({ lang: language, zone }), { credentials: "omit" });
    if (!response.ok) return;
    const other = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const from of other.querySelectorAll("[data-text]")) {
      for (const to of document.querySelectorAll(`[data-text="${from.dataset.text}"]`)) exchange(from, to);
    }
    document.getElementById("head").innerHTML = other.getElementById("head").innerHTML;
    root.lang = language;
    root.dir = other.documentElement.dir;
    document.dispatchEvent(new CustomEvent("spoken"));
  } catch {
    // the next answer tries again
  } finally {
    speaking = "";
  }
}

function exchange(from, to) {
  for (const { name, value } of from.attributes) {
    if (/^(aria-label|title|placeholder|alt|data-(?!text$).*)$/.test(name) && to.hasAttribute(name) && to.getAttribute(name) !== value) to.setAttribute(name, value);
  }
  if (to.tagName === "TEMPLATE") to.innerHTML = from.innerHTML;
  else if (!to.children.length && !from.children.length && to.tagName !== "TEXTAREA") to.textContent = from.textContent;
}
