// The widget's frame: what is kept lives on the brand's page, where the loader keeps it for us.
import { Chat } from "./chat.js";

const sites = JSON.parse(document.getElementById("main").dataset.sites);

class Page {
  constructor(origin, hello) {
    this.origin = origin;
    this.values = new Map(Object.entries(hello.kept));
    this.link = hello.link;
    this.open = hello.open;
    this.page = hello.page;
    this.place = hello.where;
    this.told = hello.hints;
  }
  say(name, more) {
    window.parent.postMessage({ rejoin: name, ...more }, this.origin);
  }
  get(name) {
    return this.values.get(name) || "";
  }
  all() {
    return [...this.values];
  }
  keep(name, value) {
    this.values.set(name, value);
    this.say("keep", { name, value });
  }
  forget(name) {
    this.values.delete(name);
    this.say("forget", { name });
  }
  where() {
    return this.place;
  }
  hints() {
    return this.told;
  }
  unread(count) {
    this.say("unread", { count });
  }
  close() {
    this.say("close");
  }
  rejoined() {
    this.link = "";
    this.say("rejoined");
  }
}

let page, chat;
const heard = {
  hello(data, origin) {
    if (chat) return;
    page = new Page(origin, data);
    chat = new Chat(page);
    chat.begin().then(() => page.open && chat.opened());
  },
  open() {
    page.open = true;
    chat.opened();
  },
  close() {
    page.open = false;
  },
  page({ where }) {
    page.place = where;
    chat.visit();
  },
  active: () => chat.active(),
  gesture: () => chat.gesture(),
  link: () => window.location.reload(), // another link was followed on a page that is open
  kept({ name, value }) {
    if (value === null) page.values.delete(name);
    else page.values.set(name, value);
    if (name === "live" && value) chat.load().catch(() => {});
    if (name === "token" && value && chat.live) window.location.reload();
    if (name === "hold" || name === "address") {
      chat.ask.draw();
      if (value === null) chat.outbox.flush();
    }
    if (name.startsWith("q:") && value) {
      chat.outbox.restore();
      chat.ask.draw();
    }
    if (name.startsWith("q:") && !value) {
      setTimeout(() => chat.thread.wait({ id: name.split(":")[2] }, "gone"), 3000);
      chat.ask.draw();
    }
  },
};

window.addEventListener("message", (event) => {
  if (event.source !== window.parent || !sites.includes(event.origin)) return;
  const name = event.data?.rejoin;
  if (!Object.hasOwn(heard, name) || (name !== "hello" && !chat)) return;
  heard[name](event.data, event.origin);
});
// Nothing secret is in it, and who embeds us is not known yet.
window.parent.postMessage({ rejoin: "ready" }, "*");
