// The script tag: reads its attributes and puts `leadkeep` on the window, once however often it stands on the page.
import { create } from "./facade.js";

// An element named "currentScript" takes the place of the document's own: only a script is one.
const current = document.currentScript;
const tag = current instanceof HTMLScriptElement ? current : document.querySelector("script[data-endpoint]");
// What it loads lies beside it: a short URL of a CDN names a package, and its folder is somebody else's.
const [folder] = /^[^?#]*\/(?=leadkeep\.js)/.exec(tag?.src) ?? [];
const url = (name, tries) => `${folder}${name}?v=${__BUILD__}.${tries}`;

create(tag?.dataset, (name, tries) => import(url(name, tries)), url("leadkeep_widget_bg.wasm", 0));
