// Messages that were written and not yet taken: kept by the page through reload and network loss, sent once and in order.
import { Offline, Refusal, random } from "./calls.js";
import { pause } from "./live.js";

const patience = [1000, 2000, 4000, 8000, 15_000, 30_000];

export class Outbox {
  // keeper keeps values by name, post(entry) sends one, show(entry, state, error, again) draws one and answers true when
  // it has found a refused one another place; seen() is the newest message on the page; held() tells that they wait for an address, hold(error) that they must.
  constructor({ name, keeper, post, seen, show, held, hold }) {
    Object.assign(this, { name, keeper, post, seen, show, held, hold });
    this.failed = 0;
  }

  // kept is all that is not taken; a refused one stays until its writer has taken it back.
  kept() {
    const waiting = this.keeper.all().filter(([name]) => name.startsWith("q:"));
    return waiting.sort().flatMap(([name, value]) => {
      try {
        return [{ ...JSON.parse(value), name }];
      } catch {
        return [];
      }
    });
  }

  entries() {
    return this.kept().filter((entry) => entry.refused === undefined);
  }

  add(text, files) {
    const id = random(16);
    const seen = this.seen(); // what stood there when it was written: what comes before it is sent was not answered by it
    const entry = { id, text, files, seen, name: "q:" + String(Date.now()).padStart(15, "0") + ":" + id };
    this.keeper.keep(entry.name, JSON.stringify({ id, text, files, seen }));
    this.show(entry, this.held() ? "address" : "sending");
    this.flush();
  }

  // drop takes a message out that will not be sent.
  drop(entry) {
    this.keeper.forget(entry.name);
  }

  // take gives a message back to its writer.
  take(id) {
    const found = this.kept().filter((entry) => entry.id === id);
    for (const entry of found) this.drop(entry);
    return found[0];
  }

  restore() {
    this.showAll();
    this.flush();
  }

  showAll() {
    for (const entry of this.kept()) {
      if (entry.refused !== undefined) this.show(entry, "refused", { message: entry.refused }, true);
      else this.show(entry, this.held() ? "address" : "sending");
    }
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    try {
      await this.alone(() => this.send());
    } finally {
      this.busy = false;
    }
    if (this.held() || !this.entries().length) return;
    if (this.failed) await pause((this.wait || patience[Math.min(this.failed, patience.length) - 1]) * (0.8 + Math.random() * 0.4));
    this.flush();
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
      if (this.held()) return this.showAll();
      try {
        await this.post(entry);
        this.drop(entry);
        this.failed = 0;
      } catch (error) {
        if (error instanceof Refusal && error.asks) {
          this.failed = 0;
          this.hold(error);
          return this.showAll();
        }
        if (error instanceof Refusal && error.final) {
          this.refuse(entry, error);
          continue;
        }
        this.failed++;
        this.wait = (error.wait || 0) * 1000;
        for (const held of this.entries()) this.show(held, error instanceof Offline ? "offline" : "waiting", error);
        return;
      }
    }
  }

  refuse(entry, error) {
    if (this.show(entry, "refused", error)) return this.drop(entry);
    this.keeper.keep(entry.name, JSON.stringify({ id: entry.id, text: entry.text, files: entry.files, seen: entry.seen, refused: error.message }));
  }
}
