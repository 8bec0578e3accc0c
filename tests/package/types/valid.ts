// What a merchant may write. It must compile against the published types under `strict`.

import "leadkeep/auto";
import "leadkeep/loader";
import { start as startInline } from "leadkeep/inline";
import init, { Widget } from "leadkeep/module";
import wasmUrl from "leadkeep/wasm";
import {
  type Finding,
  type Held,
  type Item,
  type Leadkeep,
  type Options,
  type Path,
  type State,
  type Status,
  start,
} from "leadkeep";

const item: Item = {
  Code: "BRV-GROTESK",
  Quantity: 2,
  Price: { Amount: "19.99", Type: "CUSTOM" },
  PriceOptions: [{ Name: "Licence", Options: [{ Name: "Desktop", Surcharge: 0 }] }],
};

/** As a shop has it: every text of it is inferred as a text. */
const cart = [{ Code: "BRV-GROTESK", Quantity: 1, Price: { Amount: 19.99, Type: "CUSTOM" } }];

const least: Options = { endpoint: "/api/lead" };
const most: Options = {
  consent: "external",
  currency: "EUR",
  customerReference: "C-17",
  token: "1700000000.ab",
  endpoint: "https://shop.example/api/lead",
  externalReference: "cart-4711",
  fields: { "#mail": "BillingDetails.Email", "#house": "DeliveryDetails.HouseNumber", "#notes": "ignore" },
  form: "#checkout",
  items: () => [item],
  language: "en",
  maxWaitMs: 5000,
  quietMs: 800,
  slot: "#consent",
  source: "shop",
  wasmUrl: new URL("https://shop.example/leadkeep.wasm"),
};
const thanks: Options = { complete: 4711, endpoint: "/api/lead", items: () => cart, wasmUrl };

export async function checkout(form: HTMLFormElement): Promise<Status | undefined> {
  start(least);
  start({ ...most, form, items: [item] });
  const leadkeep: Leadkeep | null = start({ ...most, items: "dataLayer" });
  if (!leadkeep) return undefined;

  await leadkeep.load();
  await leadkeep.ready;
  await leadkeep.setItems([item, { Name: "Freight", Price: { Amount: 4.9 }, IsDynamic: true }]);
  await leadkeep.consent(true);
  await leadkeep.flush();
  await leadkeep.complete();
  await leadkeep.complete("ORDER-1");
  await leadkeep.complete(4711);
  leadkeep.q.push(["complete", "ORDER-1"]);
  leadkeep.debug(true);
  console.log((await leadkeep.check()).length);
  await leadkeep.withdraw();
  const findings: Finding[] = await leadkeep.inspect();
  const paths: (Path | null)[] = findings.map(({ path }) => path);
  const fields: string[] = findings.map(({ field }) => field);
  console.table([paths, fields]);
  const held: Held[] = await leadkeep.preview();
  const email = held.find(({ path }) => path === "BillingDetails.Email")?.value.length;
  console.log(
    email,
    held.every(({ sent }) => sent),
  );
  await leadkeep.stop();
  await start(thanks)?.complete();
  const { cart: id, missing } = leadkeep.status();
  console.log(id?.length, missing.includes("Currency"));
  return leadkeep.status();
}

document.addEventListener("leadkeep:status", ({ detail }) => {
  const state: State = detail.state;
  if (state === "saved") console.log(detail.leadCode, detail.lastError?.code);
});

window.leadkeep?.flush();

startInline(least)?.ready.then(() => undefined);

export async function drive(): Promise<State> {
  await init();
  await init({ module_or_path: fetch(wasmUrl) }, { language: "de" });
  const widget = new Widget(most);
  await widget.flush();
  const { state } = widget.status();
  await widget.stop();
  widget.free();
  return state;
}
