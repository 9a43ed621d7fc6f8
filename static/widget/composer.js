// The text box: Enter sends, Shift+Enter breaks, a word that is being composed by an input method is left alone, and
// nothing typed or attached is lost.
import { choosing, dropping, pasting } from "./tray_catch.js";
import { Tray } from "./tray.js";

const filesKept = 23 * 3600_000; // the server keeps them a little longer without a message

export class Composer {
  constructor({ form, most, tooLong, keeper, send, typing, ready, drop, say }) {
    this.form = form;
    this.box = form.querySelector("textarea");
    this.error = form.querySelector(".field-error");
    Object.assign(this, { most, tooLong, keeper, send, typing });
    this.typedAt = -Infinity;
    form.addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("keypress", (event) => event.key === "Enter" && !event.shiftKey && event.preventDefault());
    this.box.addEventListener("input", () => this.changed());
    this.tray = new Tray({
      list: form.querySelector(".tray"), ready, drop, say, changed: () => this.carried(), rest: () => form.querySelector("[type=file]").focus(),
    });
    const take = (files) => (this.refuse(""), this.tray.add(files));
    choosing(form, take);
    dropping("body", () => document.querySelector(".drop-here"), take);
    this.box.addEventListener("paste", (event) => pasting(event, take));
    this.box.disabled = false; // what is typed before anyone listens would be lost
    if (!this.box.value) this.box.value = keeper.get("draft") || "";
    this.grow();
    this.restore();
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

  // restore brings back the files that stood here before a reload.
  restore() {
    try {
      const files = JSON.parse(this.keeper.get("files"));
      this.tray.set(files.filter((file) => Date.now() - file.at < filesKept));
    } catch {
      // there were none
    }
  }

  // carried hears that the files have changed: a message that waits for them goes when the last one is there.
  carried() {
    if (!this.tray) return;
    const files = this.tray.infos;
    if (files.length) this.keeper.keep("files", JSON.stringify(files));
    else if (this.keeper.get("files")) this.keeper.forget("files");
    this.grow();
    if (!this.held || this.tray.busy) return;
    this.hold(false);
    if (!this.tray.refused) this.submit();
  }

  // hold lets a message wait for its files.
  hold(is) {
    this.held = is;
    const note = this.form.querySelector(".tray-note");
    note.textContent = is ? this.tray.words.wait : "";
    note.hidden = !is;
  }

  submit() {
    const text = this.box.value.trim();
    if (new TextEncoder().encode(text).length > this.most) return this.refuse(this.tooLong());
    if (this.tray.busy) return this.hold(true);
    this.hold(false);
    if (!text && !this.tray.infos.length) return this.box.focus();
    const files = this.tray.take();
    clearTimeout(this.saving);
    this.box.value = "";
    this.save();
    this.grow();
    this.refuse("");
    this.typedAt = -Infinity;
    this.send(text, files);
    this.box.focus();
  }

  // back returns a refused text and its files, with the reason beside them.
  back(text, reason, files) {
    if (text) this.box.value = this.box.value.trim() ? text + "\n" + this.box.value : text;
    this.tray.set(files);
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
    this.form.classList.toggle("filled", !!this.box.value.trim() || !!this.tray?.items.length);
  }
}
