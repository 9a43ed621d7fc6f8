// What goes over the network: calls to our own origin with the visitor's token in a header, never a cookie.

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";

// A refusal is an answer with a reason; anything else that fails is the network, or a server that is not ready.
export class Refusal extends Error {
  constructor(status, said) {
    super(said.message || "");
    this.status = status;
    this.key = said.key || "";
    this.fields = said.fields || {};
    this.wait = said.retry_after || 0;
  }
  // asks tells that a message is to be sent again together with an address, or with a better one.
  get asks() {
    return this.key === "chat.address.required" || "address" in this.fields;
  }
  // final is what another try does not change; without a key it was said by something between us, which may pass.
  get final() {
    return !!this.key && this.status >= 400 && this.status < 500 && this.status !== 408 && this.status !== 429;
  }
}

export class Offline extends Error {}

// caller makes the function that asks the server; who() tells by which token, "Bearer …" or "Rejoin …".
export function caller(base, who) {
  return async (method, path, { body, signal, accept = "application/json, text/html", headers = {}, cookies = false, keepalive = false } = {}) => {
    const authorization = who();
    let response;
    try {
      response = await fetch(base + path, {
        method,
        signal,
        keepalive,
        cache: "no-store",
        credentials: cookies ? "same-origin" : "omit",
        headers: {
          Accept: accept,
          "Accept-Language": document.documentElement.lang,
          "Rejoin-Zone": zone,
          ...(authorization && { Authorization: authorization }),
          ...(body && { "Content-Type": "application/json" }),
          ...headers,
        },
        body: body && JSON.stringify(body),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Offline(error.message);
    }
    if (response.ok) return response;
    const said = await response.json().catch(() => ({}));
    throw new Refusal(response.status, said.error || {});
  };
}

export function random(bytes) {
  const raw = String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes)));
  return btoa(raw).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// fragment turns an answer of the server into elements.
export function fragment(html) {
  const sheet = document.createElement("template");
  sheet.innerHTML = html;
  return sheet.content;
}
