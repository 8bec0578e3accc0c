// The script tag: reads its attributes and puts `leadkeep` on the window, once however often it stands on the page.
import { create } from "./facade.js";

const tag = document.currentScript ?? document.querySelector("script[data-endpoint]");
const url = (name) => new URL(`${name}?v=${__BUILD__}`, tag.src).href;

if (!window.leadkeep?.inspect)
  window.leadkeep = create({ ...tag.dataset }, (name) => import(url(name)), url("leadkeep_widget_bg.wasm"));
