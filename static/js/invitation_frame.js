// An email in a frame: the form is posted into it, since the answer has a policy of its own that a page's script could
// not give it. Each new email gets a new frame beside the old one, which leaves when the new one is there: nothing
// flickers, and the browser's history stays as it was.
let made = 0;

function frameFor(place) {
  const frame = document.createElement("iframe");
  frame.name = `email-${++made}`;
  frame.title = place.dataset.frameTitle;
  frame.className = "email-frame arriving";
  frame.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  return frame;
}

function post(form, action, target) {
  const twin = document.createElement("form");
  twin.method = "post";
  twin.action = action;
  twin.target = target;
  twin.hidden = true;
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string") continue;
    const field = document.createElement("textarea"); // an input would lose the line breaks
    field.name = name;
    field.value = value;
    twin.append(field);
  }
  document.body.append(twin);
  twin.submit();
  twin.remove();
}

export function show(form, place) {
  const frame = frameFor(place);
  place.querySelectorAll(".email-frame.arriving").forEach((late) => late.remove());
  place.append(frame);
  let blank = true; // an empty frame may load once before the email does
  frame.addEventListener("load", () => {
    if (blank && isBlank(frame)) return;
    blank = false;
    frame.classList.remove("arriving");
    place.querySelectorAll(".email-frame").forEach((other) => other !== frame && !other.matches(".arriving") && other.remove());
  });
  post(form, place.dataset.frame, frame.name);
}

// A page that we may not look into is the email, which is in a sandbox.
function isBlank(frame) {
  try {
    return frame.contentWindow.location.href === "about:blank";
  } catch {
    return false;
  }
}

export function clear(place) {
  place.querySelectorAll(".email-frame").forEach((frame) => frame.remove());
}
