// The script tag: reads its attributes and puts `leadkeep` on the window, once however often it stands on the page.
import { create } from "./facade.js";

const tag = document.currentScript ?? document.querySelector("script[data-endpoint]");
const url = (name) => new URL(`${name}?v=${__BUILD__}`, tag.src).href;

if (!window.leadkeep?.inspect)
  window.leadkeep = create({ ...tag.dataset }, async () => {
    const module = await import(url("leadkeep_widget.js"));
    await module.default({ module_or_path: url("leadkeep_widget_bg.wasm") });
    return module.Widget;
  });
