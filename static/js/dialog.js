// Native dialogs: data-opens="id" opens one, data-closes closes the nearest, data-open opens what has
// just arrived, and such a one is removed when it closes. A click beside a dialog closes it unless
// something was typed into it.
const fields = ".dialog-body :is(input, textarea, select):not(:disabled, [type=hidden])";

function open(dialog) {
  if (!(dialog instanceof HTMLDialogElement) || dialog.open) return;
  dialog.showModal();
  (dialog.querySelector("[autofocus]") ?? dialog.querySelector(fields) ?? dialog.querySelector(".dialog-foot .primary"))?.focus();
}

function typedInto(dialog) {
  return [...dialog.querySelectorAll("input, textarea")].some((field) => field.value !== field.defaultValue);
}

function beside(event) {
  const box = event.target.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) return open(document.getElementById(opener.dataset.opens));
  if (event.target.closest("[data-closes]")) return event.target.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.detail > 0 && beside(event) && !typedInto(event.target)) event.target.close();
});

document.addEventListener("close", (event) => {
  if (event.target.matches?.("dialog[data-open]")) event.target.remove();
}, true);

// A dialog closes when what it asked for is done.
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.matches?.("[data-closing]") && ctx.response?.status < 400) ctx.sourceElement.closest("dialog")?.close();
});

function arrived(node) {
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  if (node.matches("dialog[data-open]")) open(node);
  node.querySelectorAll("dialog[data-open]").forEach(open);
}

new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(arrived)))
  .observe(document.body, { subtree: true, childList: true });
arrived(document.body);
