// One stream for all tabs of a site: the tab that holds the lock reads it and passes what it reads to the others, so
// that ten tabs need one connection. A hidden page gives the lock back and reads nothing.
import { Refusal } from "./calls.js";

const silence = 50_000; // the server says something every 20 s
const patience = [500, 1000, 2000, 4000, 8000, 15_000];

export class Live {
  // call asks the server, last() is the newest seq on the page, take(name, data, seq) applies an event, again() reads
  // what was missed, state(up) tells whether the server answers, back() that it does so after a while.
  constructor({ call, page, last, take, again, state, back }) {
    Object.assign(this, { call, page, last, take, again, state, back });
    this.turn = () => (document.visibilityState === "visible" ? this.wake() : this.sleep());
  }

  // watch follows one conversation from now on; an empty name stops.
  watch(name) {
    if (name === this.name) return;
    this.stop();
    this.name = name;
    if (!name) return;
    try {
      this.channel = new BroadcastChannel("rejoin:" + name);
      this.channel.onmessage = ({ data }) => (data.name === "back" ? this.missed() : this.take(data.name, data.data, data.seq));
    } catch {
      this.channel = null; // storage is blocked: every visible tab reads for itself
    }
    document.addEventListener("visibilitychange", this.turn);
    this.turn();
  }

  stop() {
    document.removeEventListener("visibilitychange", this.turn);
    this.sleep();
    this.channel?.close();
    this.channel = this.name = null;
  }

  wake() {
    if (this.awake) return;
    const awake = (this.awake = new AbortController());
    this.alone(awake.signal)
      .catch(() => {})
      .finally(() => this.awake === awake && (this.awake = null));
  }

  // restart reads anew after a sleep of the machine: a stream may look alive that is not.
  restart() {
    if (!this.awake) return;
    this.sleep();
    this.wake();
  }

  sleep() {
    this.awake?.abort();
    this.awake = null;
  }

  // missed is for the tabs that do not read: the one that does knows what it lacks itself, and not what they lack.
  missed() {
    this.back();
    this.again().catch(() => {});
  }

  tell(name, data, seq) {
    this.take(name, data, seq);
    this.channel?.postMessage({ name, data, seq });
  }

  async alone(signal) {
    const read = () => this.loop(signal);
    if (!this.channel || !navigator.locks) return read();
    let held = false;
    const waiting = setTimeout(() => held || this.again().catch(() => {}), 300); // another tab reads: ask once for what was missed
    try {
      await navigator.locks.request("rejoin:" + this.name, { signal }, () => {
        held = true;
        return read();
      });
    } catch (error) {
      if (signal.aborted || held) throw error;
      await read(); // locks are refused here
    } finally {
      clearTimeout(waiting);
    }
  }

  async loop(signal) {
    for (let failed = 0, tries = 0; !signal.aborted; ) {
      const began = Date.now();
      let reason;
      try {
        await this.read(signal, tries++ > 0);
      } catch (error) {
        reason = error;
      }
      if (signal.aborted) return;
      if (reason instanceof Refusal && reason.final) {
        this.take("refused", String(reason.status));
        return;
      }
      failed = Date.now() - began > 10_000 ? 0 : failed + 1;
      if (failed > 1) this.state(false);
      const wait = reason?.wait ? reason.wait * 1000 : patience[Math.min(failed, patience.length - 1)];
      await pause(wait * (0.7 + Math.random() * 0.6), signal);
      if (failed > 2 && !signal.aborted) await this.again().catch(() => {}); // a proxy may hold streams back: ask instead
    }
  }

  async read(signal, anew) {
    const stop = new AbortController();
    const end = () => stop.abort();
    signal.addEventListener("abort", end);
    let watch = setTimeout(end, silence);
    try {
      const response = await this.call("GET", "/stream?page=" + this.page, {
        signal: stop.signal,
        accept: "text/event-stream",
        headers: { "Last-Event-ID": String(this.last()) },
      });
      if (anew) {
        this.back();
        this.channel?.postMessage({ name: "back" });
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (const events = parser((event) => this.tell(event.name, event.data, Number(event.id) || 0)); ; ) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(watch);
        watch = setTimeout(end, silence);
        this.state(true);
        events(value);
      }
    } finally {
      clearTimeout(watch);
      signal.removeEventListener("abort", end);
      stop.abort();
    }
  }
}

// parser reads server-sent events out of pieces of text; our server ends lines with "\n".
export function parser(emit) {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = { name: "", id: "", data: [] };
      for (const line of block.split("\n")) {
        const [, field, value] = /^(\w*): ?(.*)$/.exec(line) || [];
        if (field === "event") event.name = value;
        else if (field === "id") event.id = value;
        else if (field === "data") event.data.push(value);
      }
      if (event.name) emit({ ...event, data: event.data.join("\n") });
    }
  };
}

export function pause(ms, signal) {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      window.removeEventListener("online", end);
      done();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
    window.addEventListener("online", end);
  });
}
