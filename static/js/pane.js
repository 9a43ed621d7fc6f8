// data-shows="thread" turns the panes around it to that pane; only a narrow window hides the others.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-shows]");
  const panes = button && (button.closest(".panes") ?? document.querySelector(".panes"));
  if (panes) panes.dataset.pane = panes.dataset.pane === button.dataset.shows ? "thread" : button.dataset.shows;
});
