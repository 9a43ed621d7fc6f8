// Messages that were written and not yet taken: kept by the page through reload and network loss, sent once and in order.
import { Offline, Refusal, random } from "./calls.js";
import { pause } from "./live.js";

const patience = [1000, 2000, 4000, 8000, 15_000, 30_000];

export class Outbox {
  // keeper keeps values by name, post(entry) sends one, show(entry, state, error) draws one.
  constructor({ name, keeper, post, show }) {
    Object.assign(this, { name, keeper, post, show });
    this.failed = 0;
  }

  entries() {
    const waiting = this.keeper.all().filter(([name]) => name.startsWith("q:"));
    return waiting.sort().flatMap(([name, value]) => {
      try {
        return [{ ...JSON.parse(value), name }];
      } catch {
        return [];
      }
    });
  }

  add(text) {
    const id = random(16);
    const entry = { id, text, name: "q:" + String(Date.now()).padStart(15, "0") + ":" + id };
    this.keeper.keep(entry.name, JSON.stringify({ id, text }));
    this.show(entry, "sending");
    this.flush();
  }

  // drop takes a message out that will not be sent.
  drop(entry) {
    this.keeper.forget(entry.name);
  }

  restore() {
    for (const entry of this.entries()) this.show(entry, "sending");
    this.flush();
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.alone(() => this.send());
    } finally {
      this.busy = false;
    }
    if (this.failed && this.entries().length) {
      await pause((this.wait || patience[Math.min(this.failed, patience.length) - 1]) * (0.8 + Math.random() * 0.4));
      this.flush();
    } else if (!this.failed && this.entries().length) this.flush();
  }

  // Two tabs never send at the same time, so that the order stands; the server counts an id once in any case.
  async alone(act) {
    try {
      return await navigator.locks.request("rejoin:send:" + this.name, act);
    } catch {
      return act();
    }
  }

  async send() {
    this.wait = 0;
    for (const entry of this.entries()) {
      try {
        await this.post(entry);
        this.drop(entry);
        this.failed = 0;
      } catch (error) {
        if (error instanceof Refusal && error.final) {
          this.drop(entry);
          this.show(entry, "refused", error);
          continue;
        }
        this.failed++;
        this.wait = (error.wait || 0) * 1000;
        for (const held of this.entries()) this.show(held, error instanceof Offline ? "offline" : "waiting", error);
        return;
      }
    }
  }
}
