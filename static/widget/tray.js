// Files that are attached and not sent yet. Each travels at once, with its progress; after a lost network it is sent
// again under the same id, so that it counts once.
import { Failed, sendFile } from "./tray_send.js";

const atOnce = 2;
const patience = [1000, 2000, 4000, 8000, 15_000];

export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// sized says a number of bytes in the page's words, which have a place for {size}.
export function sized(bytes, { kb, mb }) {
  const mega = 1 << 20;
  return bytes < mega ? kb.replace("{size}", Math.ceil(bytes / 1024)) : mb.replace("{size}", Math.ceil(bytes / mega));
}

export class Tray {
  // list is where the files stand, with the words in its data; ready() gives the address and headers to send to;
  // drop(key) forgets a file that was sent; say(text) reads aloud; changed() hears of every change, rest() takes the focus.
  constructor({ list, ready, drop, say, changed, rest }) {
    Object.assign(this, { list, ready, drop, say, changed, rest });
    this.sheet = document.getElementById("tray-file");
    this.items = [];
    this.wake = () => this.items.forEach((item) => item.again?.());
    window.addEventListener("online", this.wake);
  }

  get words() {
    return this.list.dataset;
  }
  // infos is what the server has, as a message carries it.
  get infos() {
    return this.items.filter((item) => item.info).map((item) => item.info);
  }
  get busy() {
    return this.items.some((item) => !item.info && !item.refused);
  }
  get refused() {
    return this.items.some((item) => item.refused);
  }

  add(files) {
    for (const file of files) {
      const standing = this.items.filter((item) => !item.refused).length;
      const name = file.name || "image.png";
      const item = { id: newId(), file, name, size: file.size, type: file.type };
      this.draw(item);
      if (standing >= Number(this.words.count)) this.refuse(item, this.words.many);
      else if (!file.size) this.refuse(item, this.words.empty.replace("{name}", name));
      else if (file.size > Number(this.words.most)) this.refuse(item, this.words.large.replace("{name}", name));
    }
    this.moved();
    this.next();
  }

  // set puts back what the server has already.
  set(infos) {
    for (const info of infos ?? []) {
      if (this.items.some((item) => item.info?.key === info.key)) continue;
      const item = { id: newId(), name: info.name, size: info.size, type: info.type };
      this.draw(item);
      this.done(item, info);
    }
    this.moved();
  }

  // take empties the tray and returns what a message carries.
  take() {
    const infos = this.infos;
    for (const item of [...this.items]) this.forget(item);
    this.moved();
    return infos;
  }

  end() {
    window.removeEventListener("online", this.wake);
  }

  // move goes on in another list, as when a page is drawn anew.
  move(list) {
    this.list = list;
    list.append(...this.items.map((item) => item.node));
    this.list.hidden = !this.items.length;
  }

  moved() {
    this.list.hidden = !this.items.length;
    this.changed();
  }

  draw(item) {
    const node = (item.node = this.sheet.content.firstElementChild.cloneNode(true));
    node.querySelector(".tray-name").textContent = item.name;
    const button = node.querySelector(".tray-remove");
    button.setAttribute("aria-label", this.words.remove.replace("{name}", item.name));
    button.title = button.getAttribute("aria-label");
    button.addEventListener("click", () => this.remove(item));
    this.items.push(item);
    this.list.append(node);
    this.tell(item, "");
    if (item.file) face(item).catch(() => {}); // the icon stays
  }

  tell(item, text) {
    item.node.querySelector(".tray-state").textContent = text || sized(item.size, this.words);
  }

  progress(item, part) {
    const bar = item.node.querySelector("progress");
    bar.hidden = part === null;
    bar.value = part ?? 0;
    bar.setAttribute("aria-label", this.words.sending.replace("{name}", item.name));
  }

  refuse(item, why) {
    item.refused = true;
    item.file = null;
    item.node.classList.add("refused");
    this.progress(item, null);
    this.tell(item, why);
    this.say(why);
  }

  done(item, info) {
    info.at ??= Date.now();
    item.info = info;
    item.file = null;
    item.node.dataset.key = info.key;
    item.node.querySelector(".tray-name").textContent = info.name;
    this.progress(item, null);
    this.tell(item, "");
    if (info.shown && !item.node.querySelector("canvas")) picture(item.node.querySelector(".tray-face"), info.url);
  }

  next() {
    const waiting = this.items.filter((item) => item.file && !item.sending);
    const free = atOnce - this.items.filter((item) => item.sending).length;
    for (const item of waiting.slice(0, Math.max(free, 0))) this.send(item);
  }

  async send(item) {
    item.sending = new AbortController();
    const { signal } = item.sending;
    for (let tries = 0; !signal.aborted; tries++) {
      try {
        this.progress(item, 0);
        const { address, headers } = await this.ready();
        const info = await sendFile(address, item.file, { name: item.name, id: item.id, headers, signal, progress: (part) => this.progress(item, part) });
        if (signal.aborted) return;
        this.done(item, info);
        this.say(this.words.attached.replace("{name}", info.name));
        break;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Failed && error.final) {
          this.refuse(item, error.message || this.words.torn.replace("{name}", item.name));
          break;
        }
        if (!tries) this.say(this.words.offline);
        this.tell(item, (error instanceof Failed && error.message) || this.words.offline);
        await this.pause(item, Math.max((error.wait || 0) * 1000, patience[Math.min(tries, patience.length - 1)]));
        this.tell(item, "");
      }
    }
    item.sending = null;
    this.changed();
    this.next();
  }

  pause(item, ms) {
    return new Promise((over) => {
      const timer = setTimeout(over, ms * (0.8 + Math.random() * 0.4));
      item.again = () => (clearTimeout(timer), over());
    }).finally(() => (item.again = null));
  }

  remove(item) {
    const at = this.items.indexOf(item);
    if (item.info) this.drop(item.info.key);
    this.forget(item);
    this.moved();
    this.say(this.words.removed.replace("{name}", item.name));
    const near = this.items[Math.min(at, this.items.length - 1)];
    if (near) near.node.querySelector(".tray-remove").focus();
    else this.rest();
    this.next();
  }

  forget(item) {
    item.sending?.abort();
    item.again?.();
    item.node.remove();
    this.items = this.items.filter((other) => other !== item);
  }
}

// face draws a small picture of an image that is still on its way.
async function face(item) {
  if (!item.type.startsWith("image/")) return;
  const side = 88;
  const image = await createImageBitmap(item.file);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const scale = Math.max(side / image.width, side / image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  canvas.getContext("2d").drawImage(image, (side - width) / 2, (side - height) / 2, width, height);
  image.close();
  item.node.querySelector(".tray-face").replaceChildren(canvas);
}

function picture(place, url) {
  const image = new Image(44, 44);
  image.alt = "";
  image.addEventListener("load", () => place.replaceChildren(image));
  image.src = url;
}
