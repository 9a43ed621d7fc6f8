// Whether a person is here: what this page tells the server of itself. It begins when the chat has begun, and after a
// link of an email only with the first real gesture.

const beat = 60_000;
const rest = 30_000; // at most one sign of activity in that time

export class Presence {
  constructor({ base, page, token }) {
    Object.assign(this, { url: base + "/presence", page, token });
    this.activeAt = -rest;
    this.movedAt = 0;
  }

  begin() {
    if (this.timer) return;
    this.timer = setInterval(() => this.sign("alive"), beat);
    this.seen = () => {
      this.movedAt = performance.now();
      this.sign(document.visibilityState === "visible" ? "visible" : "hidden");
    };
    this.gone = () => this.sign("gone");
    this.back = (event) => event.persisted && this.seen();
    document.addEventListener("visibilitychange", this.seen);
    window.addEventListener("pagehide", this.gone);
    window.addEventListener("pageshow", this.back);
    this.seen();
  }

  end() {
    clearInterval(this.timer);
    this.timer = null;
    document.removeEventListener("visibilitychange", this.seen);
    window.removeEventListener("pagehide", this.gone);
    window.removeEventListener("pageshow", this.back);
  }

  // active is called for every real gesture.
  active() {
    const now = (this.movedAt = performance.now());
    if (!this.timer || now - this.activeAt < rest || document.visibilityState !== "visible") return;
    this.activeAt = now;
    this.sign("active");
  }

  // still tells a server that may have begun anew of a page that was here all along.
  still() {
    this.sign("alive");
  }

  // A beacon outlives the page and carries no header, so the token goes in the body.
  sign(signal) {
    const token = this.token();
    if (!token || (signal !== "gone" && !this.timer)) return;
    const visible = document.visibilityState === "visible";
    const idle = Math.round((performance.now() - this.movedAt) / 1000);
    const body = JSON.stringify({ token, page: this.page, signal, ...(signal === "alive" && { visible, idle }) });
    if (!navigator.sendBeacon?.(this.url, body)) {
      fetch(this.url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
    }
  }
}
