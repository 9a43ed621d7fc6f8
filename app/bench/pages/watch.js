// In the page: when the launcher was clicked, and when a box to type in had the focus. In its frames: tell of that focus.
(() => {
  if (window !== window.top) {
    document.addEventListener("focusin", (event) => event.target.matches("textarea") && window.top.postMessage("bench: one can type", "*"), true);
    return;
  }
  let clicked, before;
  window.addEventListener(
    "pointerdown",
    () => {
      clicked = performance.now();
      before = performance.getEntriesByType("resource").map((entry) => entry.name);
    },
    true,
  );
  window.addEventListener("message", (event) => {
    if (event.data === "bench: one can type" && clicked && !window.benchOpening) {
      window.benchOpening = { milliseconds: performance.now() - clicked, before };
    }
  });
})();
