// Colour fields: the browser's own picker beside the text, a button in the colour, and how well it can be read.
const shape = /^#[0-9a-f]{6}$/i;
const good = 3; // contrast of a shape with what is behind it, WCAG 2.2

function luminance(hex) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function draw(box) {
  const text = box.querySelector("[data-color-text]");
  const value = text.value.trim();
  const sample = box.querySelector("[data-color-sample]");
  const ratio = box.querySelector("[data-color-ratio]");
  const sound = shape.test(value);
  sample.toggleAttribute("hidden", !sound);
  ratio.textContent = "";
  if (!sound) return;
  box.querySelector("[data-color-pick]").value = value.toLowerCase();
  sample.querySelector("rect").setAttribute("fill", value);
  sample.querySelector("text").setAttribute("fill", contrast(value, "#ffffff") >= 4.5 ? "#ffffff" : "#000000");
  const enough = contrast(value, "#ffffff") >= good;
  ratio.textContent = enough ? ratio.dataset.good : ratio.dataset.poor;
  ratio.classList.toggle("poor", !enough);
}

export function colors(root = document) {
  for (const box of root.querySelectorAll("[data-color]")) {
    box.querySelector("[data-color-pick]").hidden = false;
    draw(box);
  }
}

document.addEventListener("input", ({ target }) => {
  const box = target.closest?.("[data-color]");
  if (!box) return;
  if (target.matches("[data-color-pick]")) box.querySelector("[data-color-text]").value = target.value;
  draw(box);
});
