// Whether a person is here: what this page tells the server of itself. It begins when the chat has begun, and after a
// link of an email only with the first real gesture.

const beat = 60_000;
const rest = 30_000; // at most one sign of activity in that time
const step = 10_000; // how often to look at the clock: timers stand still while the machine sleeps
const nap = 30_000; // a look that comes so much later comes after a sleep

export class Presence {
  // woke is called when the machine has slept: connections may be dead that look alive.
  constructor({ base, page, token, woke }) {
    Object.assign(this, { url: base + "/presence", page, token, woke });
    this.activeAt = this.movedAt = 0;
    this.look = () => this.tick();
    this.seen = () => {
      this.movedAt = Date.now();
      this.sign(document.visibilityState === "visible" ? "visible" : "hidden");
    };
    this.gone = () => this.sign("gone");
    this.back = (event) => event.persisted && this.seen();
  }

  begin() {
    if (this.timer) return;
    this.tickedAt = this.beatAt = Date.now();
    this.timer = setInterval(this.look, step);
    document.addEventListener("visibilitychange", this.seen);
    document.addEventListener("resume", this.look); // a page that was frozen
    window.addEventListener("pagehide", this.gone);
    window.addEventListener("pageshow", this.back);
    this.seen();
  }

  end() {
    clearInterval(this.timer);
    this.timer = null;
    document.removeEventListener("visibilitychange", this.seen);
    document.removeEventListener("resume", this.look);
    window.removeEventListener("pagehide", this.gone);
    window.removeEventListener("pageshow", this.back);
  }

  tick() {
    const now = Date.now();
    const slept = now - this.tickedAt > step + nap && document.visibilityState === "visible";
    this.tickedAt = now;
    if (!slept && Math.abs(now - this.beatAt) < beat - step / 2) return;
    this.sign("alive");
    if (slept) this.woke();
  }

  // active is called for every real gesture.
  active() {
    const now = (this.movedAt = Date.now());
    if (!this.timer || Math.abs(now - this.activeAt) < rest || document.visibilityState !== "visible") return;
    this.activeAt = now;
    this.sign("active");
  }

  // resting tells whether nobody has moved for so long that nobody may be there.
  resting(seconds) {
    return !!this.timer && Date.now() - this.movedAt > seconds * 1000;
  }

  // still tells a server that may have begun anew of a page that was here all along.
  still() {
    this.sign("alive");
  }

  // A beacon outlives the page and carries no header, so the token goes in the body.
  sign(signal) {
    const token = this.token();
    if (!token || (signal !== "gone" && !this.timer)) return;
    this.beatAt = Date.now();
    const visible = document.visibilityState === "visible";
    const idle = Math.max(0, Math.round((this.beatAt - this.movedAt) / 1000));
    const body = JSON.stringify({ token, page: this.page, signal, ...(signal === "alive" && { visible, idle }) });
    if (!navigator.sendBeacon?.(this.url, body)) {
      fetch(this.url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
    }
  }
}
