// The files of messages: those of one that waits to be taken, what is read aloud of them, and links that have ended.
import { sized } from "./tray.js";

const most = { width: 280, height: 240 }; // as the server draws them

// sentFiles draws the files of a message that is not taken yet.
export function sentFiles(infos, words) {
  const box = document.createElement("div");
  box.className = "files";
  for (const info of infos) box.append(info.shown ? picture(info) : row(info, words));
  return box;
}

function row(info, words) {
  const made = document.getElementById("sent-file").content.firstElementChild.cloneNode(true);
  made.querySelector(".file-name").textContent = info.name;
  made.querySelector(".file-size").textContent = sized(info.size, words);
  return made;
}

function picture(info) {
  const scale = Math.min(1, most.width / info.width, most.height / info.height);
  const image = new Image(Math.max(1, Math.round(info.width * scale)), Math.max(1, Math.round(info.height * scale)));
  image.alt = info.name;
  image.src = info.url;
  const made = document.createElement("span");
  made.className = "file shown";
  made.append(image);
  return made;
}

// spoken is what a message says, with the names of its files.
export function spoken(item) {
  const files = [...item.querySelectorAll(".file")].map((file) => file.querySelector("img")?.alt || file.querySelector(".file-name")?.textContent);
  return [item.querySelector(".bubble")?.textContent.trim(), ...files].filter(Boolean).join(", ");
}

// freshen keeps files of a page that has stood for long within reach: their links end, and fresh(key) gives another.
export function freshen(root, fresh) {
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-file]");
    if (!link || !ended(link.href)) return;
    event.preventDefault();
    fresh(link.dataset.file).then((address) => {
      renew(link, address);
      window.open(address, "_blank", "noopener");
    }, () => {});
  });
  root.addEventListener("error", (event) => {
    const link = event.target.closest?.("a[data-file]");
    if (!link || link.dataset.renewed) return; // once: it may be gone
    link.dataset.renewed = "1";
    fresh(link.dataset.file).then((address) => renew(link, address), () => {});
  }, true);
}

function ended(address) {
  const until = Number(new URL(address).searchParams.get("until"));
  return until * 1000 < Date.now() + 5000;
}

function renew(link, address) {
  link.href = address;
  const image = link.querySelector("img");
  if (image) image.src = address;
}
