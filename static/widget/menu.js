// The menu: how to reach the customer, language, transcript, end, delete. The server draws it; here its buttons act.
import { fragment } from "./calls.js";

const $ = (id) => document.getElementById(id);

export class Menu {
  constructor(chat) {
    this.chat = chat;
    this.dialog = $("menu");
    this.body = $("menu-body");
    $("menu-open").addEventListener("click", () => this.open());
    $("menu-close").addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", (e) => this.pressed(e));
    this.dialog.addEventListener("change", (e) => this.changed(e));
    document.addEventListener("spoken", () => this.dialog.open && this.fill());
  }

  async open() {
    this.dialog.showModal();
    await this.fill();
  }

  async fill(response) {
    try {
      response ||= await this.chat.call("GET", "/menu");
      this.body.replaceChildren(fragment(await response.text()));
    } catch (error) {
      this.refused(error);
    }
  }

  refused(error) {
    const line = document.createElement("p");
    line.className = "field-error";
    line.setAttribute("role", "alert");
    line.textContent = error.message || this.chat.texts.offline;
    this.body.querySelector(".field-error")?.remove();
    this.body.prepend(line);
  }

  async act(method, path, body) {
    try {
      await this.chat.gesture();
      return await this.chat.call(method, path, { body });
    } catch (error) {
      this.refused(error);
      return null;
    }
  }

  async changed({ target }) {
    const conversation = this.chat.thread.key;
    const done =
      target.name === "language" ? await this.act("POST", "/language", { language: target.value })
      : target.name === "email" ? await this.act("POST", "/email", { conversation, stop: !target.checked })
      : null;
    if (!done && target.name === "email") target.checked = !target.checked; // it shows what holds
    if (!done && target.name === "language") target.value = document.documentElement.lang;
    if (!done) return;
    await this.fill(done);
    this.body.querySelector(`[name="${target.name}"]`)?.focus();
    if (target.name === "language") await this.chat.load();
  }

  async pressed(event) {
    if (event.target === this.dialog) return this.dialog.close();
    const button = event.target.closest("[data-do]");
    if (!button) return;
    button.disabled = true;
    await this[button.dataset.do]?.();
    button.disabled = false;
  }

  async transcript() {
    const response = await this.act("GET", "/transcript");
    if (!response) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await response.blob());
    link.download = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))?.[1] || "chat.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async end() {
    if (!(await this.act("POST", "/end", { conversation: this.chat.thread.key }))) return;
    this.dialog.close();
    await this.chat.load().catch(() => {});
  }

  async delete() {
    if (!(await this.act("POST", "/delete", {}))) return;
    this.dialog.close();
    this.chat.unknown();
  }
}
