// Texts in several languages: one language is shown at a time, all are sent; chips put a variable where the caret is.
const form = () => document.getElementById("settings-form");
const chosen = () => form()?.querySelector("[name=language]:checked")?.value;

function mark(tag) {
  const texts = [...form().querySelectorAll(`[data-language="${tag}"] [data-language-text]`)];
  const sign = form().querySelector(`[data-language-mark="${tag}"]`);
  sign?.classList.toggle("own", texts.some((text) => text.value.trim()));
}

function choose() {
  const tag = chosen();
  if (!tag) return;
  for (const text of form().querySelectorAll("[data-language]")) text.classList.toggle("shown", text.dataset.language === tag);
}

document.addEventListener("input", ({ target }) => {
  if (!form()?.contains(target)) return;
  if (target.name === "language") choose();
  else if (target.matches("[data-language-text]")) mark(target.closest("[data-language]").dataset.language);
});

document.addEventListener("click", ({ target }) => {
  const chip = target.closest?.("[data-inserts]");
  const field = chip && document.getElementById(chip.dataset.into);
  if (!field) return;
  field.setRangeText(chip.dataset.inserts, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});
