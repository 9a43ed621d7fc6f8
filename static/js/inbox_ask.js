// Asks the server for fragments in the background: no toast when it is away, and to the sign-in page when the session
// has ended.
export class Refused extends Error {
  constructor(status, said) {
    super(said?.message ?? `status ${status}`);
    this.status = status;
    this.said = said;
  }
}

async function answered(response) {
  if (response.status === 401) {
    location.href = response.headers.get("HX-Redirect") ?? "/sign-in";
    return new Promise(() => {}); // the page is leaving
  }
  if (response.ok) return response.text();
  const said = response.headers.get("Content-Type")?.includes("json") ? (await response.json()).error : undefined;
  throw new Refused(response.status, said);
}

const headers = () => ({ "HX-Request": "true", "HX-Current-URL": location.href, Accept: "application/json, text/html" });

export async function ask(address, patience = 20_000) {
  return answered(await fetch(address, { headers: headers(), signal: AbortSignal.timeout(patience) }));
}

export async function tell(address, values, options = {}) {
  const signal = options.keepalive ? undefined : AbortSignal.timeout(20_000);
  return answered(await fetch(address, { method: "POST", headers: headers(), body: new URLSearchParams(values), signal, ...options }));
}

// quietly drops what fails: the next event or the next try makes up for it.
export const quietly = (promise) => promise.catch(() => undefined);

// elements parses a fragment.
export function elements(html) {
  const made = document.createElement("template");
  made.innerHTML = html;
  return made.content;
}

// swap puts a fragment in its place the way htmx does.
export function swap(text, target, style) {
  return window.htmx.swap({ text, target, swap: style, sourceElement: document.body });
}
