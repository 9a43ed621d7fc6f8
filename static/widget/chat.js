// One conversation on a page of ours, in the widget's frame or behind the link of an email: what the host keeps for it,
// what the server says, and what the person does, put together.
import { Refusal, caller, fragment, random, zone } from "./calls.js";
import { Ask } from "./ask.js";
import { Composer } from "./composer.js";
import { Live } from "./live.js";
import { Menu } from "./menu.js";
import { Outbox } from "./outbox.js";
import { Presence } from "./presence.js";
import { Thread } from "./thread.js";
import { freshen } from "./sent.js";
import { speak } from "./speak.js";

const $ = (id) => document.getElementById(id);
const gestures = ["pointerdown", "keydown", "touchstart"];
const activity = [...gestures, "pointermove", "wheel"]; // no scroll: a message that comes scrolls by itself

export class Chat {
  // host keeps values by name (get, keep, forget, all), and has link, open, page, where, hints, unread(n), close(), rejoined().
  constructor(host) {
    const root = $("main");
    this.host = host;
    this.data = root.dataset;
    const said = this.data; // read anew each time: the language may change
    this.texts = { get offline() { return said.offline; }, get waiting() { return said.waiting; }, get address() { return said.address; } };
    this.reading = !!host.link; // by a link: nothing is marked before a person moves
    this.call = caller(this.data.base, () => (this.reading ? "Rejoin " + host.link : this.token && "Bearer " + this.token));
    this.thread = new Thread({
      scroll: $("scroll"), holder: $("thread"), pending: $("pending"), announce: $("announce"), texts: this.texts,
      looking: () => this.looking(), seen: (seq) => this.seen(seq),
    });
    this.outbox = new Outbox({
      name: this.data.organization, keeper: host, post: (entry) => this.post(entry), seen: () => this.thread.last,
      show: (entry, state, error, again) => this.show(entry, state, error, again),
      held: () => this.ask.held, hold: (error) => this.ask.hold(error),
    });
    this.ask = new Ask({ chat: this, holder: $("thread"), template: $("required"), box: $("composer").querySelector("textarea") });
    this.composer = new Composer({
      form: $("composer"), most: Number(this.data.most), tooLong: () => this.data.tooLong, keeper: host,
      send: (text, files) => this.outbox.add(text, files),
      ready: () => this.readyForFiles(), drop: (key) => this.quietly("DELETE", "/files/" + key), say: (text) => this.say(text),
      typing: () => this.live && !this.reading && this.quietly("POST", "/typing", { conversation: this.thread.key }),
    });
    this.stream = new Live({
      call: this.call, page: host.page, last: () => this.thread.last, state: (up) => this.connected(up),
      take: (name, data, seq) => this.take(name, data, seq), again: () => this.load(),
      back: () => this.presence.still(),
    });
    this.presence = new Presence({ base: this.data.base, page: host.page, token: () => this.token, woke: () => this.stream.restart() });
    this.menu = new Menu(this);
    this.listen();
  }

  get token() {
    return this.host.get("token");
  }
  get live() {
    return !!this.host.get("live");
  }

  listen() {
    for (const name of gestures) document.addEventListener(name, (e) => e.isTrusted && this.gesture(), { capture: true, passive: true });
    for (const name of activity) document.addEventListener(name, (e) => e.isTrusted && this.active(), { capture: true, passive: true });
    document.addEventListener("keydown", (e) => e.key === "Escape" && !document.querySelector("dialog[open]") && this.host.close());
    document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? this.shown() : this.report()));
    window.addEventListener("pagehide", () => this.report());
    window.addEventListener("online", () => (this.outbox.flush(), this.ask.lookAgain()));
    window.addEventListener("offline", () => this.connected(false));
    window.addEventListener("pageshow", (e) => e.persisted && this.live && this.load().catch(() => {}));
    freshen($("thread"), (key) => this.call("GET", "/files/" + key).then((response) => response.text()));
    document.addEventListener("spoken", () => this.thread.nameNew(this.data.new));
    $("thread").addEventListener("click", (e) => this.pressed(e));
    $("below").addEventListener("click", () => this.thread.toEnd());
    $("close")?.addEventListener("click", () => this.host.close());
  }

  // begin reads what there is: by the link of an email, or this browser's own conversation, or nothing yet.
  async begin() {
    try {
      if (this.reading) await this.readByLink();
      else if (this.live) await this.load();
      this.outbox.restore();
      this.ask.draw();
      this.ask.lookAgain();
    } catch (error) {
      if (error instanceof Refusal && error.final) throw error;
      this.connected(false);
      setTimeout(() => this.begin(), 3000);
    }
  }

  // ---- reading

  async load() {
    if (!this.live || this.reading) return;
    let response;
    try {
      response = await this.call("GET", "/thread");
    } catch (error) {
      if (error instanceof Refusal && error.final && (error.status === 404 || error.status === 403)) return this.unknown();
      throw error;
    }
    await this.draw(response);
    this.follow();
  }

  async draw(response) {
    const first = !this.thread.key;
    const follow = first || this.thread.atEnd();
    const html = await response.text();
    const focused = this.ask.focused;
    this.thread.replace(html);
    this.day = new Date().toDateString();
    this.outbox.showAll();
    this.ask.draw();
    if (focused) this.ask.card?.elements.address.focus();
    if (first) this.show1st();
    else if (follow) this.thread.toEnd();
    this.count();
    document.body.classList.add("begun");
    this.speak(response);
    this.connected(true);
  }

  // speak follows the language of an answer, here and on the next page.
  speak(response) {
    const language = response.headers.get("Content-Language");
    if (language && this.live && this.host.get("lang") !== language) this.host.keep("lang", language);
    speak(this.data.base, language);
  }

  // show1st opens at the first message that is unseen, else at the end.
  show1st() {
    const line = this.thread.markNew(this.data.new);
    if (line) this.thread.to(line);
    else this.thread.toEnd();
  }

  follow() {
    this.stream.watch(this.data.organization + ":" + this.thread.key);
    this.presence.begin();
    this.visit();
  }

  // unknown means that the server knows this token no longer: it was deleted, or another one is older.
  unknown() {
    this.stream.watch("");
    this.presence.end();
    const before = this.host.get("before");
    this.host.forget("before");
    if (before && before !== this.token) {
      this.host.keep("token", before);
      return this.load();
    }
    for (const name of ["token", "live", "draft", "files", "lang", "hold", "address"]) this.host.forget(name);
    for (const entry of this.outbox.kept()) this.outbox.drop(entry);
    this.thread.replace($("blank").innerHTML);
    this.ask.draw();
    document.body.classList.remove("begun");
    this.count();
  }

  async earlier(button) {
    button.disabled = true;
    try {
      const response = await this.call("GET", "/messages?before=" + button.dataset.before);
      this.thread.earlier(await response.text());
    } catch (error) {
      button.disabled = false;
      this.failed(error);
    }
  }

  // ---- the link of an email

  async readByLink() {
    const own = await this.ownKey();
    let response;
    try {
      response = await this.call("GET", "/thread");
    } catch (error) {
      if (!(error instanceof Refusal) || !error.final) throw error;
      this.reading = false;
      this.gone(this.host.link);
      this.host.rejoined();
      return this.load();
    }
    await this.draw(response);
    this.mine = own === this.thread.key;
    if ("frame" in this.data) this.call("POST", "/opened", { cookies: true }).catch(() => {});
    if (this.moved) this.gesture();
  }

  async ownKey() {
    if (!this.live || !this.token) return "";
    const own = caller(this.data.base, () => "Bearer " + this.token);
    return own("GET", "/thread").then(async (r) => fragment(await r.text()).firstElementChild?.dataset.conversation, () => "");
  }

  // gone says that the link works no longer, and offers a fresh one.
  gone(link) {
    const card = fragment($("gone").innerHTML).firstElementChild;
    $("notice").replaceChildren(card);
    card.querySelector("button").addEventListener("click", async () => {
      const said = await this.call("POST", "/fresh", { body: { link } }).then((r) => r.text(), (error) => error.message || this.texts.offline);
      card.querySelector("p").textContent = said;
      card.querySelector("button").hidden = true;
    });
  }

  // gesture is a person's first movement after a link: now they are here.
  gesture() {
    if (!this.reading || this.joining) return this.joining;
    if (!this.thread.key) return void (this.moved = true); // still reading: it counts as soon as we know of what
    this.joining = this.join().finally(() => (this.joining = null));
    return this.joining;
  }

  async join() {
    let token = this.mine ? this.token : "";
    for (let tries = 0; tries < 2; tries++) {
      token ||= this.data.number + "-" + random(32);
      try {
        await this.call("POST", "/rejoin", { body: { link: this.host.link, token, page: this.host.page } });
        break;
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 409) return this.failed(error);
        token = ""; // it belongs to someone else's conversation
      }
    }
    if (!token) return;
    if (this.token && this.token !== token && !this.host.get("before")) this.host.keep("before", this.token);
    this.host.keep("token", token);
    this.host.keep("live", "1");
    this.reading = false;
    this.host.rejoined();
    this.follow();
    this.thread.lookAgain();
    this.outbox.flush();
  }

  // ---- writing

  // identify makes sure that there is a token to write with.
  async identify() {
    if (this.reading) await this.gesture();
    if (this.reading) throw new Error("the link has not been followed yet");
    if (!this.token) this.host.keep("token", this.data.number + "-" + random(32));
  }

  // readyForFiles tells a file where it goes, and by whose token.
  async readyForFiles() {
    await this.identify();
    return {
      address: this.data.base + "/files",
      headers: { Authorization: "Bearer " + this.token, Accept: "application/json", "Accept-Language": document.documentElement.lang },
    };
  }

  // say reads aloud; the same words again are said again.
  say(text) {
    const place = $("announce");
    place.textContent = place.textContent === text ? text + "\u00a0" : text;
  }

  async post(entry) {
    await this.identify();
    const { url, title } = this.host.where();
    const address = this.ask.address;
    const response = await this.call("POST", "/messages", {
      body: { id: entry.id, text: entry.text, files: entry.files?.map((file) => file.key), seen: entry.seen, after: this.thread.last, page: this.host.page, url, title, zone, hints: this.host.hints(), ...(address && { address }) },
    });
    this.connected(true);
    const html = await response.text();
    const key = response.headers.get("Rejoin-Conversation");
    if (!this.live) this.host.keep("live", "1");
    if (key !== this.thread.key || address) await this.load();
    this.thread.add(html);
    this.thread.wait(entry, "gone");
    if (address) this.ask.arrived();
    if (this.thread.stuck) this.thread.toEnd();
    this.speak(response);
  }

  // show draws a message that is not taken yet; a refused one goes back to an empty box, and then it answers true.
  show(entry, state, error, again) {
    if (state === "offline" || state === "waiting") this.connected(false);
    if (state === "refused" && !again && !this.composer.text.trim() && !this.composer.tray.items.length) {
      this.thread.wait(entry, "gone");
      this.composer.back(entry.text, error.message, error.fields?.files ? [] : entry.files);
      return true;
    }
    this.thread.wait(entry, state, error);
    return false;
  }

  pressed(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.matches(".earlier")) this.earlier(button);
    if (button.matches(".edit")) {
      const item = button.closest(".pending");
      const refused = item.dataset.state === "refused";
      const entry = this.outbox.take(item.dataset.client);
      this.composer.back(item.querySelector(".bubble").textContent, refused ? item.querySelector(".state").textContent : "", entry?.files);
      item.remove();
      this.ask.draw();
    }
  }

  // ---- what the server says

  take(name, data, seq) {
    switch (name) {
      case "messages":
        if (this.thread.add(data, seq)) this.count();
        this.typing("");
        return;
      case "seen":
        return this.thread.seenByAgents(data, seq);
      case "read":
        this.thread.seenElsewhere(seq);
        return this.count();
      case "typing":
        return this.typing(data);
      case "head":
        $("head").replaceChildren(fragment(data));
        return void this.ask.lookAgain(); // an agent came or went
      case "waiting":
        return void $("thread").querySelector(".waiting")?.replaceChildren(fragment(data));
      case "state":
        if (data === this.thread.box?.dataset.state) return;
        return void this.load().catch(() => {});
      case "deleted":
      case "refused":
        return void this.load().catch(() => {});
    }
  }

  typing(sentence) {
    clearTimeout(this.typed);
    const line = $("typing");
    const follow = this.thread.atEnd();
    line.querySelector(".said").textContent = sentence;
    line.hidden = !sentence;
    if (sentence) this.typed = setTimeout(() => this.typing(""), 6000);
    if (follow) this.thread.toEnd();
  }

  connected(up) {
    const line = $("offline");
    if (line.hidden === up) return;
    line.hidden = up;
    if (up) this.outbox.flush();
  }

  failed(error) {
    this.connected(false);
    $("offline").querySelector(".said").textContent = (error instanceof Refusal && error.message) || this.texts.offline;
  }

  // ---- the person

  opened() {
    if (this.thread.unread) this.show1st();
    else this.thread.toEnd();
    this.thread.lookAgain();
    if (!matchMedia("(pointer: coarse)").matches) $("composer").querySelector("textarea").focus({ preventScroll: true });
    this.active();
  }

  shown() {
    if (this.day && this.day !== new Date().toDateString()) this.load().catch(() => {});
    if (this.host.open && this.thread.stuck && this.thread.unread) this.show1st(); // it came while nobody looked
    this.thread.lookAgain();
    this.outbox.flush();
    this.ask.lookAgain();
  }

  active() {
    this.host.active?.();
    if (this.reading || !this.live) return;
    const rested = this.presence.resting(Number(this.data.rest));
    this.presence.active();
    if (rested) this.thread.lookAgain();
  }

  // looking tells whether a person can see what stands on the page.
  looking() {
    const shown = !this.reading && this.live && !!this.host.open && document.visibilityState === "visible";
    return shown && !this.presence.resting(Number(this.data.rest)); // an open chat before an empty chair is not read
  }

  // seen tells the server how far a person has read.
  seen(seq) {
    const conversation = this.thread.key;
    if (this.upto?.conversation === conversation) seq = Math.max(this.upto.seq, seq); // another one counts from 1 again
    this.upto = { conversation, seq };
    clearTimeout(this.reporting);
    this.reporting = setTimeout(() => this.report(), 250);
  }

  // report may come at the page's end: what was seen must not be emailed.
  report() {
    if (!this.reporting) return;
    clearTimeout(this.reporting);
    this.reporting = null;
    this.call("POST", "/seen", { body: this.upto, keepalive: true }).catch(() => {});
    this.count();
  }

  count() {
    this.host.unread(this.reading && this.host.open ? 0 : this.thread.unread);
  }

  visit() {
    if (this.live && !this.reading && "frame" in this.data) this.quietly("POST", "/visit", this.host.where());
  }

  quietly(method, path, body) {
    this.call(method, path, { body }).catch(() => {});
  }
}
