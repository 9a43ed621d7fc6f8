// Notifications and a sound for what customers write and for notices, each only when the agent has asked for it in this
// browser. One tab notifies, and none while a tab of the inbox is being looked at.
import { on, leads } from "./inbox_stream.js";
import { toast } from "./toast.js";

const page = document.getElementById("inbox");
const looks = "BroadcastChannel" in window ? new BroadcastChannel("rejoin-looks") : null;
const lately = 300;
let lookedAt = 0;

const able = "Notification" in window;
const allowed = () => able && Notification.permission === "granted";
const wanted = (name) => localStorage.getItem("rejoin-" + name) === "on";

function draw() {
  for (const name of ["notify", "sound"]) {
    const button = document.querySelector(`[data-${name}]`);
    button?.setAttribute("aria-pressed", wanted(name) && (name !== "notify" || allowed()));
  }
}

async function toggle(name) {
  const turnOn = !wanted(name);
  if (name === "notify" && turnOn && !(able && await Notification.requestPermission() === "granted")) {
    return toast(document.getElementById("inbox-words").dataset.notifyDenied, "error");
  }
  localStorage.setItem("rejoin-" + name, turnOn ? "on" : "off");
  if (name === "sound" && turnOn) play();
  draw();
}

function play() {
  const context = new AudioContext();
  const gain = context.createGain();
  const tone = context.createOscillator();
  tone.frequency.value = 660;
  gain.gain.setValueAtTime(0.08, context.currentTime);
  gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.35);
  tone.connect(gain).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.35);
  tone.onended = () => context.close();
}

// aware tells the other tabs that this one is looked at, if it is.
export function aware() {
  if (document.visibilityState !== "visible" || !document.hasFocus()) return false;
  lookedAt = Date.now();
  looks?.postMessage("looking");
  return true;
}

// unlessLooked does something a little later, when no tab has said that it is looked at.
export function unlessLooked(act) {
  setTimeout(() => Date.now() - lookedAt >= 2 * lately && act(), lately);
}

export function notify(name, text, tag, address) {
  if (wanted("sound")) play();
  if (!wanted("notify") || !allowed()) return;
  const shown = new Notification(name, { body: text.slice(0, 120), tag });
  shown.onclick = () => {
    window.focus();
    shown.close();
    location.href = address;
  };
}

on("message.posted", ({ part }) => {
  const entry = part?.querySelector("[data-part=message] [data-by=customer]");
  const row = part?.querySelector("[data-part=row] .row-item");
  if (!entry || !row) return;
  aware();
  const mine = row.dataset.assignee === "" || row.dataset.assignee === page.dataset.agent;
  if (!leads() || !mine) return;
  const text = entry.querySelector(".bubble").textContent.trim();
  const { name, key } = row.dataset;
  const address = row.querySelector("a").getAttribute("href");
  unlessLooked(() => notify(name, text, key, address));
});

looks?.addEventListener("message", () => { lookedAt = Date.now(); });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-notify], [data-sound]");
  if (button) toggle("notify" in button.dataset ? "notify" : "sound");
});
document.addEventListener("htmx:after:swap", draw);
draw();
