// Three engines behind one client. Each is driven over WebDriver, by the driver its vendor writes, so that one spec says
// the same to all of them: https://www.w3.org/TR/webdriver2/

import { Key } from "selenium-webdriver";

import { setup } from "../../../../scripts/setup.mjs";
import { command, display } from "./process.mjs";

/** Chromium as toolchains and containers have it: headless, without talking to anybody but the page. */
const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--window-size=1280,900",
];

/**
 * `need` is what scripts/setup.mjs calls it; `driver` starts the driver on a port; `capabilities` are those of a session,
 * on a `profile` folder of one's own if one is given; `windows` says how another page is opened so that it is seen.
 */
const ENGINES = {
  Chromium: {
    need: "chromium",
    driver: (port) => command(process.env.CHROMEDRIVER, [`--port=${port}`]),
    capabilities: (profile) => ({
      browserName: "chrome",
      "goog:chromeOptions": {
        binary: process.env.CHROMIUM,
        args: [...CHROMIUM_FLAGS, ...(profile ? [`--user-data-dir=${profile}`] : [])],
      },
    }),
    windows: "tab",
    keepsProfile: true,
  },
  Firefox: {
    need: "firefox",
    driver: (port) => command("geckodriver", ["--port", String(port), "--log", "fatal"]),
    capabilities: (profile) => ({
      browserName: "firefox",
      "moz:firefoxOptions": {
        binary: process.env.FIREFOX,
        args: ["-headless", ...(profile ? ["-profile", profile] : [])],
      },
    }),
    windows: "tab",
    keepsProfile: true,
  },
  WebKit: {
    need: "webkit",
    driver: async (port) => {
      // MiniBrowser has no headless mode; its sandbox refuses root, which containers are.
      const screen = await display();
      const env = { DISPLAY: screen.name, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" };
      const driver = command("WebKitWebDriver", [`--port=${port}`], env);
      return { ...driver, end: async () => (await driver.end(), await screen.end()) };
    },
    capabilities: () => ({ browserName: "MiniBrowser" }),
    // Without a window manager a second tab is never in sight.
    windows: "window",
    // Under automation MiniBrowser keeps nothing on disk.
    keepsProfile: false,
  },
};

/** Every engine's name; fewer while one works on a single one: `LEADKEEP_TEST_ENGINES=Firefox,WebKit`. */
export const NAMES = (process.env.LEADKEEP_TEST_ENGINES ?? "Chromium,Firefox,WebKit").split(",");

/** What is known of an engine; one that is not there is installed, or named in the error. */
export async function engine(name) {
  const found = ENGINES[name];
  if (!found) throw new Error(`expected an engine of ${Object.keys(ENGINES).join(", ")}, received ${name}`);
  await setup(found.need);
  return { name, ...found };
}

export { Key };
