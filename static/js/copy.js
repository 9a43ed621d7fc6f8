// data-copies="id" puts the text of that element on the clipboard and says so.
import { toast } from "./toast.js";

const said = () => document.getElementById("toast-template")?.dataset.copied;

function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  const source = button && document.getElementById(button.dataset.copies);
  if (!source) return;
  try {
    await navigator.clipboard.writeText((source.value ?? source.textContent).trim());
    toast(said(), "good");
  } catch {
    select(source); // no permission: the text stands selected for the keyboard
  }
});
