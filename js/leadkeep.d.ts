/** What the widget is doing. */
export type State = "off" | "waiting" | "idle" | "pending" | "saving" | "saved" | "retrying" | "closed";

/** What `status()` gives, and the `detail` of `leadkeep:status`. Never personal data. */
export interface Status {
  state: State;
  /** The code 2Checkout gave the lead, once there is one. */
  leadCode: string | null;
  /** The CartId, once there is a cart. No secret: the shop may give it to its order as `ExternalReference`. */
  cart: string | null;
  /** What a lead still needs, as far as it is known. */
  missing: ("Email" | "Items" | "Currency")[];
  /** What the proxy has dropped and why, by path, until it is sent again; not there before the module is. */
  dropped?: readonly { path: string; reason: string }[];
  /** What went wrong last; `null` again after the next success. */
  lastError: { code: string; message: string } | null;
}

/** One of the twelve fields of an address block, or a part or a sum of them. */
export type Detail =
  | "FirstName"
  | "LastName"
  | "Phone"
  | "Company"
  | "FiscalCode"
  | "Email"
  | "Address1"
  | "Address2"
  | "City"
  | "Zip"
  | "CountryCode"
  | "State"
  | "FullName"
  | "HouseNumber"
  | "PhonePrefix";

/** Where the value of a field goes. */
export type Path =
  | `${"BillingDetails" | "DeliveryDetails"}.${Detail}`
  | "Currency"
  | "Language"
  | "ExternalReference"
  | "Source"
  | "CustomerReference"
  | "MachineId"
  | "LocalTime"
  | "DeliveryInformation.ShippingMethod.Code"
  | "Promotions";

/** A line of the cart, in 2Checkout's field names. Amounts are in major units: 19.99. */
export interface Item {
  /** Product code of the catalog; none for a dynamic product. */
  Code?: string | null;
  /** 1 to 99999; default 1. */
  Quantity?: number | string;
  SKU?: string | null;
  Name?: string;
  Description?: string;
  IsDynamic?: boolean;
  Tangible?: boolean;
  PurchaseType?: "PRODUCT" | "SHIPPING" | "TAX" | "COUPON";
  PriceOptions?: {
    Name: string;
    Required?: boolean;
    Options: { Name: string; Value?: string; Surcharge?: number | string }[];
  }[];
  RecurringOptions?: {
    CycleLength?: number;
    CycleUnit?: string;
    CycleAmount?: number | string;
    ContractLength?: number;
    ContractUnit?: string;
  };
  MarketingCampaigns?: { Type?: number; ParentCode?: string; CampaignCode?: number };
  /** `Type` is `CUSTOM`: an amount of the shop's own. */
  Price?: { Amount: number | string; Type?: string };
  AdditionalFields?: { Code: string; Text?: string; Value?: string }[];
  SubscriptionStartDate?: string;
  Trial?: { Period?: number; Price?: number | string };
}

/** The options of `start()`; each is also an attribute of the script tag (`quietMs` is `data-quiet-ms`). */
export interface Options {
  /** URL of the proxy, such as `/api/lead`. */
  endpoint: string;
  /** The form or container that holds the fields, or its selector. Default: found on the page. */
  form?: string | Element;
  /** `ask` shows a checkbox, `external` waits for `consent(true)`, `granted` has another legal basis. Default `ask`,
   *  and so it is for `granted` where the browser sends Global Privacy Control. */
  consent?: "ask" | "external" | "granted";
  /** Selector of the element the checkbox is rendered into. Default: after the row of the e-mail field. */
  slot?: string;
  /** ISO 4217. */
  currency?: string;
  /** ISO 639-1. Default: the `lang` of the page. */
  language?: string;
  /** The items: selector of a JSON script, `dataLayer`, an array, or a function that returns one. */
  items?: string | readonly Item[] | (() => readonly Item[]);
  /** Coupon codes: a text with commas, an array, or a function that returns one of them. */
  promotions?: string | readonly string[] | (() => string | readonly string[]);
  /** What fields mean, by selector. */
  fields?: Record<string, Path | "ignore">;
  /** Pause before sending, in milliseconds. Default 800. */
  quietMs?: number | string;
  /** Longest wait while typing goes on, in milliseconds. Default 5000. */
  maxWaitMs?: number | string;
  /** Passed to 2Checkout. */
  externalReference?: string;
  /** Passed to 2Checkout. */
  source?: string;
  /** Passed to 2Checkout. */
  customerReference?: string;
  /** What your server renders into the page, where the proxy asks for it (LEADKEEP_PAGE_TOKEN_SECRET). */
  token?: string;
  /** The shop's privacy page, which the checkbox links to. */
  privacyUrl?: string;
  /** On the thank-you page: the order's reference, or an empty text; as `complete()`. Needs no form. */
  complete?: string | number;
  /** Text beside the checkbox. */
  consentText?: string;
  /** Text shown when everything is saved. */
  savedText?: string;
  /** npm only: where the .wasm is, for bundlers that move it. Default: beside the module. */
  wasmUrl?: string | URL;
}

/** What a field means, why, and who says so. */
export interface Finding {
  /** What the page's own code calls the field: its name, else its id. */
  field: string;
  element: HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
  /** `null` when the field is not read. */
  path: Path | null;
  source: "attribute" | "option" | "autocomplete" | "heuristic" | "forbidden" | "none";
  reason: string;
}

/** A value the lead would hold if the form were read now. */
export interface Held {
  path: Exclude<Path, `${string}.FullName` | `${string}.HouseNumber` | `${string}.PhonePrefix`> | "Items";
  /** As it is sent: trimmed, joined, split; `Items` as JSON text. */
  value: string;
  /** Whether the proxy has confirmed this very value. */
  sent: boolean;
}

/** A method and what it is given: `["complete", "ORDER-1"]`. */
export type Call =
  | ["complete", (string | number)?]
  | ["consent", boolean]
  | ["setItems", readonly Item[]]
  | ["load" | "flush" | "withdraw" | "stop"];

/** The object on `window.leadkeep`. No promise of it ever rejects because of the network or the proxy. */
export interface Leadkeep {
  /** Loads the module now instead of at the shopper's first touch. */
  load(): Promise<void>;
  /** Settled when capture runs or is known to be off. */
  readonly ready: Promise<void>;
  /** At once, also before the module is there. */
  status(): Status;
  /**
   * What every field of the watched root means: `console.table(await leadkeep.inspect())`. `leadkeep.debug(true)` shows the
   * same on the page, with what the lead holds and why nothing was sent.
   */
  inspect(): Promise<Finding[]>;
  /** What the lead would hold if the form were read now, consent or not; sends nothing, stores nothing. */
  preview(): Promise<Held[]>;
  /** The cart has changed. With items in it, after a completed order, it is the next purchase. */
  setItems(items: readonly Item[]): Promise<void>;
  /** Sends now what is unsent. */
  flush(): Promise<void>;
  /** The shopper's yes or no. A no after a save withdraws the lead. */
  consent(yes: boolean): Promise<void>;
  /**
   * The shopper has ordered: no mail is sent any more. Works without a form, before the module is there and after `stop()`;
   * settled when the proxy knows, or when the next page of the site will tell it.
   */
  complete(orderReference?: string | number): Promise<void>;
  /** The shopper does not want to be remembered: as `consent(false)`. Works wherever `complete()` does. */
  withdraw(): Promise<void>;
  /** Sends what is unsent, and removes every listener, timer and observer. `start()` begins again. */
  stop(): Promise<void>;
  /**
   * Shows on the page what leadkeep sees, and lets `?leadkeep=debug` show it in this browser from now on; `false` ends both.
   * On loopback hosts the address alone is enough.
   */
  debug(isWanted: boolean): void;
  /**
   * What the overlay shows, as text for a mail to whoever helps: the state, the next thing to do, what every field is taken for.
   * Without what was typed. It is written into the console as well.
   */
  check(): Promise<string>;
  /** Calls as data, for pages that call before the script is there: `leadkeep.q.push(["complete", "ORDER-1"])`. */
  readonly q: { push(call: Call): unknown };
}

/** Begins to capture. Gives the object that runs on the page already, if there is one; `null` on a server. */
export function start(options: Options): Leadkeep | null;

declare global {
  interface Window {
    leadkeep?: Leadkeep;
  }
  interface DocumentEventMap {
    "leadkeep:status": CustomEvent<Status>;
  }
}
