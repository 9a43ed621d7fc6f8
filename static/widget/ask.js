// The card that asks for an address. In a thread it may be given or put away; where the brand requires one, messages
// wait above the card until it is given, and the first of them takes it along. What holds is kept by the host, so that
// all tabs agree and nothing is lost with the page.
import { Offline, fragment } from "./calls.js";

const look = 10_000; // how often to ask whether an address is still required

export class Ask {
  // chat has call, host, outbox and thread; holder holds the conversation, template the card of a waiting message.
  constructor({ chat, holder, template, box }) {
    Object.assign(this, { chat, host: chat.host, holder, template, box });
    holder.addEventListener("submit", (e) => e.target.matches(".ask") && (e.preventDefault(), this.submit(e.target, e.submitter)));
    document.addEventListener("spoken", () => this.card && this.exchange(this.make(this.card)));
  }

  // address is what was given for the messages that wait; held tells that they wait for one.
  get address() {
    return this.host.get("address");
  }
  get held() {
    return !!this.host.get("hold") && !this.address;
  }

  // hold lets messages wait: the server wants an address, or a better one.
  hold(refused) {
    this.host.forget("address");
    this.host.keep("hold", "1");
    this.draw();
    const reason = refused.fields.address;
    if (reason) this.complain(this.card, reason);
    else if (document.activeElement === this.box && !this.box.value) this.card?.elements.address.focus();
    if (this.card && !reason) {
      this.chat.thread.announce.textContent = [...this.card.querySelectorAll(".ask-prompt, .ask-why")].map((line) => line.textContent).join(" ");
    }
  }

  // release ends the waiting, since the address has arrived or nobody wants one any more.
  release() {
    this.host.forget("hold");
    this.host.forget("address");
    this.draw();
  }

  // arrived is called when the server has taken the address.
  arrived() {
    const focused = this.focused;
    this.release();
    const thanks = [...this.holder.querySelectorAll(".thanks")].at(-1);
    if (thanks) this.chat.thread.announce.textContent = thanks.textContent;
    if (focused) this.box.focus({ preventScroll: true });
    this.chat.thread.toEnd();
  }

  get focused() {
    return !!this.card?.contains(document.activeElement);
  }

  // draw puts the card where it belongs, or away.
  draw() {
    const waiting = this.chat.outbox.entries().length > 0;
    if (!this.host.get("hold") || !waiting) {
      clearInterval(this.timer);
      this.timer = null;
      this.card?.remove();
      this.card = null;
      if (this.host.get("hold") && !waiting) this.release(); // whoever writes again is told again
      return;
    }
    const stood = this.holder.querySelector(".ask");
    this.card ||= this.make(stood);
    if (!this.card.isConnected) {
      if (stood) stood.replaceWith(this.card);
      else this.holder.querySelector(".after").append(this.card);
      this.chat.thread.toEnd();
    }
    for (const button of this.card.querySelectorAll("button")) button.disabled = !!this.address;
    this.timer ||= setInterval(() => document.visibilityState === "visible" && this.lookAgain(), look);
  }

  // make copies the card of a waiting message, with what was typed into another one.
  make(other) {
    const card = this.template.content.firstElementChild.cloneNode(true);
    card.elements.address.value = other?.elements.address.value || this.address;
    return card;
  }

  exchange(card) {
    const focused = this.focused;
    this.card.replaceWith(card);
    this.card = card;
    this.draw();
    if (focused) (card.querySelector("[data-first]") || card.elements.address).focus();
  }

  // lookAgain lets the messages go by themselves when an address is required no more.
  async lookAgain() {
    if (!this.held) return;
    const mode = await this.chat.call("GET", "/prompt").then((r) => r.text(), () => "required");
    if (mode === "required" || !this.held) return;
    this.release();
    if (this.chat.live) this.chat.load().catch(() => {});
    this.chat.outbox.flush();
  }

  submit(form, button) {
    if (button?.name === "accept") form.elements.address.value = button.value;
    return form === this.card ? this.bring(form, button) : this.give(form, button);
  }

  // bring lets the waiting messages go with the address; a likely typo is asked about first.
  async bring(form, button) {
    const input = form.elements.address;
    const address = input.value.trim();
    this.complain(form, "");
    try {
      const sure = button?.name === "sure";
      const response = await this.chat.call("POST", "/address/check", { body: { address, sure } });
      const said = fragment(await response.text()).firstElementChild;
      if (said) return this.exchange(said);
    } catch (error) {
      if (!address || !(error instanceof Offline)) return this.complain(form, error.message || this.chat.texts.offline);
    }
    this.host.keep("address", address);
    this.draw();
    this.chat.outbox.flush();
  }

  // give hands the address of a card in the thread over, or puts the card away.
  async give(form, button) {
    const skip = button?.name === "skip";
    try {
      await this.chat.gesture();
      const response = await this.chat.call("POST", skip ? "/address/skip" : "/address", {
        body: { conversation: this.chat.thread.key, address: form.elements.address.value, sure: button?.name === "sure" },
      });
      form.replaceWith(fragment(await response.text()));
      (this.holder.querySelector(".ask [data-first]") || this.box).focus();
      this.chat.thread.toEnd();
    } catch (refused) {
      let card = form;
      if (refused.asks && skip) form.replaceWith((card = this.make(form))); // it was optional until now
      this.complain(card, refused.fields?.address || refused.message || this.chat.texts.offline);
    }
  }

  complain(form, reason) {
    const line = form.querySelector(".field-error");
    const input = form.elements.address;
    line.textContent = reason;
    line.hidden = !reason;
    if (!reason) return input.removeAttribute("aria-invalid");
    form.querySelector(".hint")?.remove(); // it was about another address
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }
}
