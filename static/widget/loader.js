// The loader: a launcher on the brand's page, and the frame behind it. It stores nothing before the customer opens the
// widget, keeps what must outlive a page in the page's own storage (a frame's is partitioned, or blocked), and calls
// nothing but its own origin. Its shadow root keeps the brand's styles out; it is open, so that checkers of accessibility
// see in.
(() => {
  "use strict";
  const script = document.currentScript;
  const organization = script && script.dataset.organization;
  if (!organization || window.Rejoin) return;
  const base = new URL(script.src).origin;
  const explicit = script.dataset.language || "";
  const root = document.documentElement;
  const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

  // What is kept, under the brand's own origin; in memory where storage is blocked.
  const prefix = "rejoin:" + organization + ":";
  const memory = new Map();
  const storage = (act) => {
    try {
      return act(window.localStorage);
    } catch {
      return undefined;
    }
  };
  const kept = (name) => storage((s) => s.getItem(prefix + name)) ?? memory.get(name) ?? "";
  const keep = (name, value) => {
    memory.set(name, value);
    storage((s) => s.setItem(prefix + name, value));
  };
  const forget = (name) => {
    memory.delete(name);
    storage((s) => s.removeItem(prefix + name));
  };
  const all = () => {
    const values = Object.fromEntries(memory);
    storage((s) => {
      for (let i = 0; i < s.length; i++) {
        const name = s.key(i);
        if (name.startsWith(prefix)) values[name.slice(prefix.length)] = s.getItem(name);
      }
    });
    return values;
  };

  // The link of an email leaves its token behind "#": it is read once and taken out of the address bar.
  let link = "";
  const takeLink = () => {
    const found = /^#rejoin=([0-9a-z]{1,13}-[\w-]{43})$/.exec(location.hash);
    if (!found) return false;
    link = found[1];
    history.replaceState(history.state, "", location.pathname + location.search);
    return true;
  };
  takeLink();

  let config, host, button, badge, words, sheet, frame, ready, open, unread = 0, lastActive = 0;
  const phone = window.matchMedia("(max-width: 480px), (max-height: 420px) and (pointer: coarse)");

  const el = (name, attributes, ...children) => {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  };
  const svg = (shape, name) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    made.setAttribute("viewBox", "0 0 24 24");
    made.setAttribute("class", name);
    made.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", shape);
    made.append(path);
    return made;
  };

  const style = () => `
:host{all:initial!important;position:fixed!important;inset:auto!important;${config.side}:0!important;bottom:0!important;z-index:2147483000!important;
  display:block!important;width:0!important;height:0!important;color-scheme:light dark!important;
  font:500 15px/1.2 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif!important}
*{box-sizing:border-box}
.launcher{position:fixed;${config.side}:max(20px,env(safe-area-inset-${config.side}));bottom:max(20px,env(safe-area-inset-bottom));display:flex;
  align-items:center;gap:10px;min-width:56px;height:56px;margin:0;padding:0 16px;border:0;border-radius:28px;background:${config.accent};color:${config.ink};
  font:inherit;cursor:pointer;box-shadow:0 1px 2px rgb(0 0 0/.12),0 6px 20px rgb(0 0 0/.22);transition:transform .18s,box-shadow .18s;-webkit-tap-highlight-color:transparent}
.launcher:hover{transform:translateY(-2px);box-shadow:0 2px 4px rgb(0 0 0/.14),0 10px 28px rgb(0 0 0/.26)}
.launcher:active{transform:scale(.96)}
.launcher:focus-visible{outline:3px solid ${config.accent};outline-offset:3px}
@supports (color:color-mix(in srgb,red,red)){.launcher:focus-visible{outline-color:Highlight}}
.words{padding-inline-end:4px;max-width:180px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.words:empty,.open .words{display:none}
svg{width:24px;height:24px;flex:none;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.open .chat,.shut{display:none}.open .shut{display:block}
.badge{position:absolute;top:-3px;inset-inline-end:-3px;min-width:21px;height:21px;padding:0 6px;border-radius:11px;background:#d3263b;color:#fff;
  font-size:12px;font-weight:700;line-height:21px;text-align:center;box-shadow:0 0 0 2px #fff}
.badge:empty,.open .badge{display:none}
.sheet{position:fixed;${config.side}:max(20px,env(safe-area-inset-${config.side}));bottom:calc(max(20px,env(safe-area-inset-bottom)) + 68px);width:392px;
  max-width:calc(100vw - 40px);height:min(680px,calc(100vh - 112px));height:min(680px,calc(100dvh - 112px));border-radius:18px;overflow:hidden;background:#fff;
  box-shadow:0 0 0 1px rgb(0 0 0/.06),0 4px 12px rgb(0 0 0/.1),0 20px 56px rgb(0 0 0/.26);transform-origin:bottom ${config.side};
  transition:opacity .18s,transform .18s cubic-bezier(.2,.9,.3,1.1),visibility 0s}
.sheet.away{opacity:0;transform:translateY(10px) scale(.97);visibility:hidden;pointer-events:none;transition-delay:0s,0s,.18s}
iframe{display:block;width:100%;height:100%;border:0;color-scheme:light dark}
@media (prefers-color-scheme:dark){.sheet{background:#1b1b21;box-shadow:0 0 0 1px rgb(255 255 255/.1),0 20px 56px rgb(0 0 0/.6)}.badge{box-shadow:0 0 0 2px #16161a}}
.phone .sheet{inset:0 auto auto 0;width:100vw;max-width:none;height:100vh;height:100dvh;border-radius:0;box-shadow:none;
  padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}
.phone .open.launcher{display:none}
@media (prefers-reduced-motion:reduce){.launcher,.sheet{transition:none}}
@media (forced-colors:active){.launcher{border:2px solid ButtonText}}
@media print{:host{display:none!important}}`;

  const draw = () => {
    badge = el("span", { class: "badge" });
    words = el("span", { class: "words", dir: "auto" }, config.launcher);
    button = el("button", { class: "launcher", type: "button", "aria-expanded": "false" },
      svg("M20.5 11.5c0 4.1-3.8 7.500-8.500 7.500-1.300 0-2.500-.2-3.500-.7L4 19.500l1.300-3.700c-1.100-1.200-1.800-2.700-1.800-4.300C3.500 7.400 7.300 4 12 4s8.500 3.400 8.500 7.500Z", "chat"),
      svg("m6 9 6 6 6-6", "shut"), words, badge);
    button.addEventListener("click", () => (open ? hide() : show()));
    sheet = el("div", { class: "sheet away" });
    const all = el("aside", { "aria-label": config.title }, button, sheet);
    host = document.createElement("rejoin-widget");
    host.dataset.state = "closed";
    const shadow = host.attachShadow({ mode: "open" });
    shadow.append(all);
    if (shadow.adoptedStyleSheets && window.CSSStyleSheet) {
      const made = new CSSStyleSheet();
      made.replaceSync(style());
      shadow.adoptedStyleSheets = [made];
    } else {
      shadow.append(el("style", {}, style()));
    }
    shadow.addEventListener("keydown", (e) => e.key === "Escape" && open && hide());
    const fit = () => all.classList.toggle("phone", phone.matches);
    phone.addEventListener?.("change", () => (fit(), lay()));
    fit();
    say();
    document.body.append(host);
  };

  // On a phone the sheet covers what is visible, so that the keyboard never covers the composer.
  const lay = () => {
    const view = window.visualViewport;
    const whole = open && phone.matches;
    sheet.style.height = whole && view ? view.height + "px" : "";
    sheet.style.transform = whole && view && view.offsetTop ? `translateY(${view.offsetTop}px)` : "";
    if (whole && !host.dataset.overflow) {
      host.dataset.overflow = root.style.overflow || "unset";
      root.style.overflow = "hidden";
    } else if (!whole && host.dataset.overflow) {
      root.style.overflow = host.dataset.overflow === "unset" ? "" : host.dataset.overflow;
      delete host.dataset.overflow;
    }
  };
  window.visualViewport?.addEventListener("resize", () => sheet && lay());
  window.visualViewport?.addEventListener("scroll", () => sheet && lay());

  const say = () => {
    badge.textContent = unread ? (unread > 99 ? "99+" : unread) : "";
    button.setAttribute("aria-label", open ? config.close : unread ? config.unread.replace("{n}", unread) : config.launcher || config.open);
    button.setAttribute("aria-expanded", String(!!open));
    button.classList.toggle("open", !!open);
    host.dataset.state = open ? "open" : "closed";
    host.dataset.unread = unread;
  };

  const tell = (name, more) => ready && frame.contentWindow.postMessage({ rejoin: name, ...more }, base);
  const where = () => ({ url: location.origin + location.pathname, title: document.title.slice(0, 200) });
  const hints = () => ({ page: explicit, html: root.lang || "", browser: navigator.language || "" });

  const load = () => {
    if (frame) return;
    frame = el("iframe", { title: config.title, src: `${base}/widget/${organization}/panel?${languages()}`, allow: "" });
    sheet.append(frame);
    for (const name of ["pointerdown", "keydown", "touchstart", "pointermove", "wheel"]) {
      window.addEventListener(name, notice, { passive: true, capture: true });
    }
  };
  const show = () => {
    open = true;
    load();
    sheet.classList.remove("away");
    say();
    lay();
    tell("open");
    if (ready) frame.focus();
  };
  const hide = () => {
    open = false;
    sheet.classList.add("away");
    say();
    lay();
    tell("close");
    button.focus();
  };

  const notice = (event) => {
    if (!event.isTrusted) return;
    if (link && event.type !== "pointermove" && event.type !== "wheel") tell("gesture");
    if (event.timeStamp - lastActive < 5000) return;
    lastActive = event.timeStamp;
    tell("active");
  };

  // What the frame may ask for.
  const answers = {
    ready() {
      ready = true;
      tell("hello", { kept: all(), link, open: !!open, page, where: where(), hints: hints() });
      if (open) frame.focus();
    },
    keep({ name, value }) {
      keep(String(name), String(value));
      if (name === "lang") speak();
    },
    forget: ({ name }) => forget(String(name)),
    unread({ count }) {
      unread = Math.max(0, Number(count) || 0);
      say();
    },
    close: () => open && hide(),
    rejoined: () => (link = ""),
    active: () => (lastActive = performance.now()),
  };
  window.addEventListener("message", (event) => {
    if (event.origin !== base || !frame || event.source !== frame.contentWindow) return;
    const name = event.data?.rejoin;
    if (Object.hasOwn(answers, name)) answers[name](event.data);
  });
  window.addEventListener("storage", (event) => {
    if (!event.storageArea || !event.key?.startsWith(prefix)) return;
    const name = event.key.slice(prefix.length);
    if (!frame && host && name === "live" && event.newValue) load(); // the chat began in another tab
    if (host && name === "lang") speak();
    tell("kept", { name, value: event.newValue });
  });

  // A single-page site changes its address without a load.
  let last = where().url;
  const moved = () =>
    setTimeout(() => {
      if (takeLink()) return follow();
      if (where().url === last) return;
      last = where().url;
      tell("page", { where: where() });
    });
  for (const name of ["pushState", "replaceState"]) {
    const original = history[name];
    history[name] = function (...given) {
      const result = original.apply(this, given);
      moved();
      return result;
    };
  }
  window.addEventListener("popstate", moved);
  window.addEventListener("hashchange", moved);

  const follow = () => {
    if (!host) return;
    if (ready) tell("link", { link });
    show();
  };

  // The language of the chat, once it has one, is that of the launcher too.
  const lang = () => kept("lang") && { lang: kept("lang") };
  const languages = () => new URLSearchParams({ ...lang(), ...hints(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "" }).toString();
  const start = () => {
    draw();
    if (link) follow();
    else if (kept("live") || Object.keys(all()).some((name) => name.startsWith("q:"))) (window.requestIdleCallback || setTimeout)(load);
  };
  const settings = () => import(`${base}/widget/${organization}/config.js?${languages()}`);
  const speak = () =>
    settings().then(
      (answer) => {
        if (answer.default.refused) return;
        config = answer.default;
        words.textContent = config.launcher;
        if (frame) frame.title = config.title;
        say();
      },
      () => {}, // the next page speaks it
    );
  window.Rejoin = { open: () => host && !open && show(), close: () => host && open && hide() };
  settings().then(
    (answer) => {
      config = answer.default;
      if (config.refused) console.warn("Rejoin: " + config.refused);
      else if (document.body) start();
      else document.addEventListener("DOMContentLoaded", start);
    },
    (error) => console.warn("Rejoin: the widget could not be loaded.", error),
  );
})();
