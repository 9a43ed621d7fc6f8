// The ways into a tray: choosing, dropping anywhere on a place, and pasting.

// choosing takes what is chosen in the inputs of a form.
export function choosing(form, take) {
  form.addEventListener("change", ({ target }) => {
    if (target.type !== "file" || !target.files.length) return;
    take([...target.files]);
    target.value = ""; // the same file may be chosen again
  });
}

// pasting takes files from the clipboard; where text comes along, as from a word processor, the text is meant.
export function pasting(event, take) {
  const { files, types } = event.clipboardData ?? {};
  if (!files?.length || types.includes("text/plain")) return;
  event.preventDefault();
  take([...files]);
}

const carries = (event) => event.dataTransfer?.types.includes("Files");

// dropping takes files that are let go over a place; cover() is what is shown over it meanwhile, or nothing where no
// file can be taken. Elsewhere on the page a file that misses must not open instead of the page.
export function dropping(place, cover, take) {
  let over = 0;
  const show = (is) => {
    const sheet = cover();
    if (sheet) sheet.hidden = !is;
  };
  const inside = (event) => carries(event) && cover() && event.target.closest?.(place);
  document.addEventListener("dragenter", (event) => {
    if (!inside(event)) return;
    over++;
    show(true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!inside(event)) return;
    over = Math.max(over - 1, 0);
    if (!over) show(false);
  });
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = inside(event) ? "copy" : "none";
  });
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    over = 0;
    show(false);
    if (inside(event)) take([...event.dataTransfer.files]);
  });
}
