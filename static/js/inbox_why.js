// The ledger of a message stays true while it is open.
import { ask, elements, quietly, swap } from "./inbox_ask.js";
import { on } from "./inbox_stream.js";

const body = () => document.getElementById("why-body");
let due;

async function read() {
  const address = body()?.dataset.href;
  if (!address) return;
  const fresh = elements(await ask(address)).querySelector("#why-body");
  if (fresh && body()?.dataset.href === address) await swap(fresh.outerHTML, "#why-body", "outerMorph");
}

on("plan.made delivery.changed message.seen customer.rejoined hello resync", ({ key }) => {
  if (!body() || (key && key !== body().dataset.key)) return;
  due ??= setTimeout(() => {
    due = undefined;
    quietly(read());
  }, 200);
});
