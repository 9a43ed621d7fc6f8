// The text box: Enter sends, Shift+Enter breaks, a word that is being composed by an input method is left alone, and
// nothing typed is lost.

export class Composer {
  constructor({ form, most, tooLong, keeper, send, typing }) {
    this.form = form;
    this.box = form.querySelector("textarea");
    this.error = form.querySelector(".field-error");
    Object.assign(this, { most, tooLong, keeper, send, typing });
    this.typedAt = -Infinity;
    form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("keypress", (event) => event.key === "Enter" && !event.shiftKey && event.preventDefault());
    this.box.addEventListener("input", () => this.changed());
    this.box.disabled = false; // what is typed before anyone listens would be lost
    if (!this.box.value) this.box.value = keeper.get("draft") || "";
    this.grow();
  }

  get text() {
    return this.box.value;
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.form.requestSubmit();
  }

  changed() {
    this.grow();
    this.refuse("");
    clearTimeout(this.saving);
    this.saving = setTimeout(() => this.save(), 400);
    const now = performance.now();
    if (!this.box.value.trim() || now - this.typedAt < 3000) return;
    this.typedAt = now;
    this.typing();
  }

  save() {
    if (this.box.value) this.keeper.keep("draft", this.box.value.slice(0, 50_000));
    else this.keeper.forget("draft");
  }

  submit() {
    const text = this.box.value.trim();
    if (!text) return this.box.focus();
    if (new TextEncoder().encode(text).length > this.most) return this.refuse(this.tooLong());
    clearTimeout(this.saving);
    this.box.value = "";
    this.save();
    this.grow();
    this.refuse("");
    this.typedAt = -Infinity;
    this.send(text);
    this.box.focus();
  }

  // back returns a refused text to the box, with the reason beside it.
  back(text, reason) {
    this.box.value = this.box.value.trim() ? text + "\n" + this.box.value : text;
    this.save();
    this.grow();
    this.refuse(reason);
    this.box.focus();
  }

  refuse(reason) {
    this.error.textContent = reason;
    this.error.hidden = !reason;
    if (reason) this.box.setAttribute("aria-invalid", "true");
    else this.box.removeAttribute("aria-invalid");
  }

  grow() {
    this.box.style.height = "auto";
    this.box.style.height = Math.min(this.box.scrollHeight + 2, 148) + "px";
    this.form.classList.toggle("filled", !!this.box.value.trim());
  }
}
