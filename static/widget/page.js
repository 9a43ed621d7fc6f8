// The page behind the link of an email, brought to life: it works without this, by forms and reloads.
import { Chat } from "./chat.js";
import { random } from "./calls.js";

const main = document.getElementById("main");
const prefix = "rejoin:" + main.dataset.organization + ":";
const memory = new Map();

function storage(act) {
  try {
    return act(window.localStorage);
  } catch {
    return undefined; // blocked: what is kept lasts as long as this page
  }
}

const host = {
  link: main.dataset.link,
  open: true,
  page: random(12),
  get: (name) => storage((s) => s.getItem(prefix + name)) ?? memory.get(name) ?? "",
  keep(name, value) {
    memory.set(name, value);
    storage((s) => s.setItem(prefix + name, value));
  },
  forget(name) {
    memory.delete(name);
    storage((s) => s.removeItem(prefix + name));
  },
  all() {
    const values = new Map(memory);
    storage((s) => {
      for (let i = 0; i < s.length; i++) {
        const name = s.key(i);
        if (name.startsWith(prefix)) values.set(name.slice(prefix.length), s.getItem(name));
      }
    });
    return [...values];
  },
  where: () => ({ url: "", title: "" }),
  hints: () => ({ page: "", html: "", browser: navigator.language || "" }),
  unread(count) {
    document.title = (count && document.visibilityState !== "visible" ? `(${count}) ` : "") + title;
  },
  close() {},
  rejoined: () => (host.link = ""),
};
const title = document.title;

document.body.classList.add("scripted");
const chat = new Chat(host);
chat.begin().then(() => chat.show1st());
