// The messages on the page: what came is put in once and in order, days and authors are grouped, what was seen is noticed.
import { fragment } from "./calls.js";
import { sentFiles, spoken } from "./sent.js";

const byCustomer = (item) => item.dataset.by === "customer";

export class Thread {
  // scroll is the element that scrolls, holder the one whose content is the conversation; looking() tells whether a
  // person can see it, seen(seq) is called when they have had all up to there before their eyes.
  constructor({ scroll, holder, pending, announce, texts, looking, seen }) {
    Object.assign(this, { scroll, holder, pending, announce, texts, looking, report: seen });
    this.viewed = new Set(); // what was on screen, by number
    this.eyes = new IntersectionObserver((entries) => this.look(entries), { root: scroll, threshold: [0, 0.5, 1] });
    this.upto = 0; // newest that was reported as seen
    scroll.addEventListener("scroll", () => this.atEnd() && this.below(false), { passive: true });
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(scroll);
    scroll.addEventListener("scroll", () => (this.stuck = this.atEnd()), { passive: true });
  }

  get box() {
    return this.holder.firstElementChild;
  }
  get list() {
    return this.holder.querySelector(".messages");
  }
  get items() {
    return [...(this.list?.querySelectorAll(".message[data-seq]") ?? [])];
  }
  get key() {
    return this.box?.dataset.conversation || "";
  }
  get last() {
    return Number(this.box?.dataset.last) || 0;
  }
  get unread() {
    return this.items.filter((item) => !byCustomer(item) && Number(item.dataset.seq) > this.upto).length;
  }

  // replace draws the whole conversation anew; what waits to be sent stays.
  replace(html) {
    const waiting = [...(this.list?.querySelectorAll(".pending") ?? [])];
    const old = this.key;
    const typed = this.typedInCard();
    this.eyes.disconnect();
    this.holder.replaceChildren(fragment(html));
    if (old !== this.key) this.viewed.clear();
    this.upto = old && old === this.key ? Math.max(this.upto, Number(this.box?.dataset.seen) || 0) : Number(this.box?.dataset.seen) || 0;
    this.list?.append(...waiting.filter((item) => !this.holds(item.dataset.client)));
    this.retype(typed);
    this.settle();
  }

  typedInCard() {
    const input = this.holder.querySelector(".ask input[type=email]");
    return input && { value: input.value, focused: document.activeElement === input };
  }
  retype(typed) {
    const input = typed && this.holder.querySelector(".ask input[type=email]");
    if (!input) return;
    if (typed.value) input.value = typed.value;
    if (typed.focused) input.focus();
  }

  holds(client) {
    return client && this.items.some((item) => item.dataset.client === client);
  }

  // add takes messages that came; those that stand here already are left out.
  add(html, seq) {
    if (!this.list) return;
    const follow = this.atEnd();
    const fresh = [];
    for (const item of [...fragment(html).children]) {
      const number = Number(item.dataset.seq);
      if (number && this.list.querySelector(`[data-seq="${number}"]`)) continue;
      this.list.querySelector(`.pending[data-client="${CSS.escape(item.dataset.client || "-")}"]`)?.remove();
      const next = number && this.items.find((other) => Number(other.dataset.seq) > number);
      this.list.insertBefore(item, next || this.list.querySelector(".pending"));
      if (number) fresh.push(item);
    }
    this.box.dataset.last = Math.max(this.last, Number(seq) || 0, ...fresh.map((item) => Number(item.dataset.seq)));
    this.settle();
    const theirs = fresh.filter((item) => !byCustomer(item));
    if (theirs.length) {
      this.announce.textContent = theirs.map((item) => item.dataset.said + " " + spoken(item)).join("\n");
    }
    if (follow) this.follow(theirs[0]);
    else if (theirs.length) this.below(true);
    return fresh.length;
  }

  // follow shows what has come, from its beginning where not all of it can be seen at once.
  follow(first) {
    this.toEnd();
    if (!first || first.getBoundingClientRect().top >= this.scroll.getBoundingClientRect().top) return;
    this.to(first);
    this.below(!this.stuck);
  }

  // earlier puts an older page on top without moving what is being read.
  earlier(html) {
    const more = fragment(html).firstElementChild;
    const height = this.scroll.scrollHeight;
    this.holder.querySelector(".earlier")?.remove();
    const again = more.querySelector(".earlier");
    if (again) this.list.before(again);
    this.list.prepend(...more.querySelector(".messages").children);
    this.settle();
    this.scroll.scrollTop += this.scroll.scrollHeight - height;
  }

  // settle groups by day and author, and watches what is unseen.
  settle() {
    let day = "", author = "", group = null;
    for (const item of [...(this.list?.children ?? [])]) {
      if (item.classList.contains("day")) {
        if (item.dataset.day === day) item.remove();
        else author = "";
        day = item.dataset.day;
        continue;
      }
      const next = item.dataset.author || "";
      item.classList.toggle("continued", !!next && next === author);
      group?.classList.toggle("ends", next !== author);
      author = next;
      group = item;
    }
    group?.classList.add("ends");
    for (const item of this.items) {
      if (!byCustomer(item) && Number(item.dataset.seq) > this.upto) this.eyes.observe(item);
    }
    this.fate();
  }

  // fate says below the customer's newest message that it was seen.
  fate() {
    const line = this.holder.querySelector(".fate");
    if (!line) return;
    const newest = this.items.at(-1);
    const waiting = this.list.querySelector(".pending");
    line.hidden = !newest || !byCustomer(newest) || !!waiting || Number(line.dataset.seq) < Number(newest.dataset.seq);
  }

  seenByAgents(html, seq) {
    const line = this.holder.querySelector(".fate");
    if (!line || Number(line.dataset.seq) >= seq) return;
    line.dataset.seq = seq;
    line.replaceChildren(fragment(html));
    const follow = this.atEnd();
    this.fate();
    if (follow) this.toEnd();
  }

  seenElsewhere(seq) {
    this.upto = Math.max(this.upto, seq);
  }

  look(entries) {
    for (const { target, intersectionRatio, intersectionRect, rootBounds } of entries) {
      const seen = intersectionRatio >= 0.5 || (rootBounds && intersectionRect.height >= rootBounds.height / 2);
      if (!seen || !this.looking()) continue;
      this.viewed.add(Number(target.dataset.seq));
      this.eyes.unobserve(target);
    }
    this.advance();
  }

  // advance moves the mark of what was seen up to the first message that was not on screen: one above the fold is
  // unread, though a later one was read.
  advance() {
    let upto = this.upto;
    for (const item of this.items) {
      const seq = Number(item.dataset.seq);
      if (byCustomer(item) || seq <= upto) continue;
      if (!this.viewed.has(seq)) break;
      upto = seq;
    }
    if (upto === this.upto) return;
    this.upto = upto;
    this.report(upto);
  }

  // lookAgain reports what is on screen now: it may have been there before anyone could see it.
  lookAgain() {
    this.eyes.disconnect();
    this.settle();
  }

  // wait draws a message that has not been taken yet.
  wait(entry, state, error) {
    let item = this.list?.querySelector(`.pending[data-client="${CSS.escape(entry.id)}"]`);
    if (state === "gone" || this.holds(entry.id)) return void item?.remove();
    if (!item) {
      if (!this.list) return;
      item = this.pending.content.firstElementChild.cloneNode(true);
      item.dataset.client = entry.id;
      item.querySelector(".bubble").textContent = entry.text;
      item.querySelector(".bubble").hidden = !entry.text;
      if (entry.files?.length) item.querySelector(".bubble").after(sentFiles(entry.files, document.getElementById("tray").dataset));
      this.list.append(item);
      this.settle();
      this.toEnd();
    }
    item.dataset.state = state;
    const line = item.querySelector(".state");
    const said = state === "sending" ? "" : error?.message && state !== "offline" ? error.message : this.texts[state] || "";
    if (line.textContent !== said) line.textContent = said;
    item.querySelector(".edit").hidden = state !== "refused" && state !== "address";
    this.fate();
  }

  // markNew draws the line above the first message that is unseen and returns it.
  markNew(text) {
    this.list?.querySelector(".new-line")?.remove();
    const first = this.items.find((item) => !byCustomer(item) && Number(item.dataset.seq) > this.upto);
    if (!first) return null;
    const line = document.createElement("li");
    line.className = "new-line";
    line.textContent = text;
    first.before(line);
    return line;
  }

  nameNew(text) {
    const line = this.list?.querySelector(".new-line");
    if (line) line.textContent = text;
  }

  atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 48;
  }
  toEnd() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.stuck = true;
    this.below(false);
  }
  to(item) {
    const top = item.getBoundingClientRect().top - this.scroll.getBoundingClientRect().top;
    this.scroll.scrollTop += top - 12;
    this.stuck = this.atEnd();
  }
  below(more) {
    document.getElementById("below").hidden = !more;
  }
}
