// Notifications and a sound for what customers write, each only when the agent has asked for it in this browser. One
// tab notifies, and none while a tab of the inbox is being looked at.
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

function notify(row, text) {
  if (Date.now() - lookedAt < 2 * lately) return;
  if (wanted("sound")) play();
  if (!wanted("notify") || !allowed()) return;
  const shown = new Notification(row.dataset.name, { body: text.slice(0, 120), tag: row.dataset.key });
  shown.onclick = () => {
    window.focus();
    shown.close();
    location.href = row.querySelector("a").getAttribute("href");
  };
}

on("message.posted", ({ part }) => {
  const entry = part?.querySelector("[data-part=message] [data-by=customer]");
  const row = part?.querySelector("[data-part=row] .row-item");
  if (!entry || !row) return;
  if (document.visibilityState === "visible" && document.hasFocus()) {
    lookedAt = Date.now();
    looks?.postMessage("looking");
  }
  const mine = row.dataset.assignee === "" || row.dataset.assignee === page.dataset.agent;
  const text = entry.querySelector(".bubble").textContent.trim();
  if (leads() && mine) setTimeout(notify, lately, row.cloneNode(true), text);
});

looks?.addEventListener("message", () => { lookedAt = Date.now(); });
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-notify], [data-sound]");
  if (button) toggle("notify" in button.dataset ? "notify" : "sound");
});
document.addEventListener("htmx:after:swap", draw);
draw();
