// One file on its way to the server, with its progress: fetch cannot tell it.

const silence = 45_000; // without progress for so long the network is taken for lost

// Failed is an answer with a reason, or none at all; final is what another try does not change.
export class Failed extends Error {
  constructor(status, said = {}) {
    super(said.message || "");
    this.status = status;
    this.wait = said.retry_after || 0;
    const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
    this.final = !!said.key && (refused || said.key.startsWith("chat.file."));
  }
}

export function sendFile(address, file, { name, id, headers, signal, progress }) {
  return new Promise((done, fail) => {
    const call = new XMLHttpRequest();
    let watch;
    const alive = () => {
      clearTimeout(watch);
      watch = setTimeout(() => call.abort(), silence);
    };
    call.open("POST", address + "?" + new URLSearchParams({ name, id }));
    for (const [header, value] of Object.entries(headers)) call.setRequestHeader(header, value);
    call.setRequestHeader("Content-Type", "application/octet-stream");
    call.upload.addEventListener("progress", (event) => {
      alive();
      progress(Math.round((event.loaded / event.total) * 100));
    });
    call.addEventListener("load", () => {
      try {
        if (call.status === 401) location.assign(call.getResponseHeader("HX-Redirect") || "/sign-in");
        const said = JSON.parse(call.responseText);
        if (call.status < 300) done(said);
        else fail(new Failed(call.status, said.error));
      } catch {
        fail(new Failed(call.status));
      }
    });
    call.addEventListener("error", () => fail(new Failed(0)));
    call.addEventListener("abort", () => fail(new Failed(0)));
    call.addEventListener("loadend", () => clearTimeout(watch));
    signal.addEventListener("abort", () => call.abort());
    alive();
    call.send(file);
  });
}
