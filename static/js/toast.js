// Short messages: they leave by themselves unless someone points at them; a request that failed
// without saying why gets one too. The server sends them as HTML or as the HX-Trigger event "toast".
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const most = 4;

export function toast(text, kind = "") {
  const made = template?.content.querySelector("[data-toast]")?.cloneNode(true);
  if (!made || !region || !text) return;
  made.querySelector(".toast-text").textContent = text;
  if (kind) made.classList.add(kind);
  if (kind === "error") made.setAttribute("role", "alert");
  region.append(made);
}

function leave(made, after) {
  let timer;
  const start = () => {
    clearTimeout(timer);
    timer = setTimeout(() => made.remove(), after);
  };
  made.addEventListener("pointerenter", () => clearTimeout(timer));
  made.addEventListener("focusin", () => clearTimeout(timer));
  made.addEventListener("pointerleave", start);
  if (document.visibilityState === "visible") return start();
  document.addEventListener("visibilitychange", start, { once: true }); // nobody has seen it yet
}

function arrived(made) {
  if (made.nodeType !== Node.ELEMENT_NODE || !made.matches("[data-toast]")) return;
  if (!("stays" in made.dataset)) leave(made, made.classList.contains("error") ? 12_000 : 6_000);
  while (region.children.length > most) region.firstElementChild.remove();
}

if (region) {
  new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(arrived)))
    .observe(region, { childList: true });
  [...region.children].forEach(arrived);
}

document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-toast]")?.remove());
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.kind));

const isStream = (element) => element?.hasAttribute?.("hx-sse:connect");

// Our server says where an error goes, or sends the refused form; anything else, such as a proxy's
// page, must not land in the middle of ours.
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const placed = ["retarget", "reswap", "trigger", "redirect", "location", "refresh"].some((name) => ctx.hx?.[name]);
  if (placed || [409, 422].includes(ctx.response.status)) return;
  ctx.hx.reswap = "none";
  if (!isStream(ctx.sourceElement)) toast(template?.dataset.failed, "error");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (!ctx || isStream(ctx.sourceElement)) return;
  toast(navigator.onLine ? template?.dataset.failed : template?.dataset.offline, "error");
});
