// Fields of a time zone: the list that the browser knows, and its own zone where nothing was chosen yet.
function fill(list) {
  if (list.childElementCount > 0 || typeof Intl.supportedValuesOf !== "function") return;
  const zones = [...Intl.supportedValuesOf("timeZone"), "UTC"];
  list.append(...zones.map((zone) => Object.assign(document.createElement("option"), { value: zone })));
}

function choose(field) {
  if (field.value || field.dataset.zone !== "own") return;
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

export function zones(root = document) {
  root.querySelectorAll("[data-zones]").forEach(fill);
  root.querySelectorAll("[data-zone]").forEach(choose);
}

zones();
