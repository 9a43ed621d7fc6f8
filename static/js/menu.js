// Menus are details: one is open at a time, a click elsewhere or Escape closes it, arrows move in it.
const opened = () => document.querySelectorAll("details[data-menu][open]");

function close(menu, focus) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const menu of opened()) {
    const inside = menu.contains(event.target);
    if (!inside || event.target.closest(".menu-item")) close(menu, false);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (event.key === "Escape") {
    if (opened().length) event.stopPropagation();
    return opened().forEach((other) => close(other, other === menu));
  }
  if (!menu || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".menu-item:not(:disabled)")];
  const at = items.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length]?.focus();
}, true);
