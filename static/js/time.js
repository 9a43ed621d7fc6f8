// Says every <time data-format> in the reader's own zone, and again when the day or the minute turns.
import { language } from "./language.js";

const day = 24 * 60 * 60 * 1000;
const made = new Map();

function format(options) {
  const key = JSON.stringify(options);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(language, options));
  return made.get(key);
}

const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const date = { day: "numeric", month: "long", year: "numeric" };

function daysAgo(then, now) {
  const midnight = (t) => Date.UTC(t.getFullYear(), t.getMonth(), t.getDate());
  return Math.round((midnight(now) - midnight(then)) / day);
}

function capital(text) {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

// German and Portuguese keep the comma behind the day of the week, as the server does.
function onOneBreath(options, then) {
  const text = format(options).format(then);
  return /^(de|pt)/.test(language) ? text : text.replace(/[,،]/g, "");
}

function dayLine(then, now) {
  const ago = daysAgo(then, now);
  if (ago === 0 || ago === 1) return capital(new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-ago, "day"));
  const options = { weekday: "long", day: "numeric", month: "long" };
  if (then.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return capital(onOneBreath(options, then));
}

function inList(then, now) {
  const ago = daysAgo(then, now);
  if (ago === 0) return format(clock).format(then);
  if (Math.abs(ago) < 7) return format({ weekday: "short" }).format(then);
  const options = { day: "numeric", month: "short" };
  if (then.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return format(options).format(then);
}

function since(then, now) {
  const seconds = Math.max(0, (now - then) / 1000);
  const short = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  if (seconds < 60) return short.format(0, "second");
  const unit = (value, name) => new Intl.RelativeTimeFormat(language, { style: "short" }).format(-Math.floor(value), name);
  if (seconds < 3600) return unit(seconds / 60, "minute");
  if (seconds < 86400) return unit(seconds / 3600, "hour");
  if (seconds < 7 * 86400) return unit(seconds / 86400, "day");
  return inList(then, now);
}

const formats = {
  time: (then) => format(clock).format(then),
  date: (then) => format(date).format(then),
  datetime: (then) => format({ ...date, ...clock }).format(then),
  day: dayLine,
  list: inList,
  ago: since,
};

export function say(element, now = new Date()) {
  const then = new Date(element.dateTime);
  const formatted = formats[element.dataset.format];
  if (!formatted || Number.isNaN(then.getTime())) return;
  const text = formatted(then, now);
  if (element.textContent !== text) element.textContent = text;
  const full = format({ weekday: "long", ...date, ...clock, second: "2-digit", timeZoneName: "short" }).format(then);
  if (element.title !== full) element.title = full;
}

export function sayAll(root = document) {
  const now = new Date();
  if (root.matches?.("time[data-format]")) say(root, now);
  root.querySelectorAll?.("time[data-format]").forEach((element) => say(element, now));
}

// watch says what comes anew, and what a live update has written over in the server's zone.
function watch(changes) {
  for (const { target, addedNodes } of changes) {
    const time = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest("time[data-format]");
    if (time) say(time);
    else addedNodes.forEach((node) => node.nodeType === Node.ELEMENT_NODE && sayAll(node));
  }
}

new MutationObserver(watch).observe(document.documentElement, {
  subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["datetime"],
});
sayAll();
setInterval(sayAll, 30_000, document);
