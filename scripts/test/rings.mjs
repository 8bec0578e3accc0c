// The rings of tests, each with the question it asks. Later rings build on what earlier ones found right.

import { readdirSync } from "node:fs";
import { join } from "node:path";

import { build } from "../build.mjs";
import { root } from "../lib/paths.mjs";
import { collect } from "../lib/run.mjs";
import { buildProxy } from "../proxy.mjs";
import { BUILD } from "../setup.mjs";
import { counts } from "./counts.mjs";

const WASM = "wasm32-unknown-unknown";
const DENY = "-Dwarnings";

export const rings = [
  {
    name: "lint",
    asks: "is it written as this house writes?",
    needs: ["rust", "lints", "wasm", "packages"],
    steps: () => [
      one("rustfmt", "cargo fmt --all --check"),
      one("clippy, host", `cargo clippy --workspace --all-targets --all-features --quiet -- ${DENY}`),
      one("clippy, browser", `cargo clippy --package leadkeep --target ${WASM} --all-targets --quiet -- ${DENY}`),
      one("rustdoc, host", "cargo doc --workspace --all-features --no-deps --quiet", { RUSTDOCFLAGS: DENY }),
      one("rustdoc, browser", `cargo doc --package leadkeep --target ${WASM} --no-deps --quiet`, {
        RUSTDOCFLAGS: DENY,
      }),
      one("prettier", "prettier --log-level warn --check ."),
    ],
  },
  {
    name: "host",
    asks: "are the rules right, and does the proxy do what it says?",
    needs: ["rust", "postgres"],
    steps: () => [step("cargo test", "cargo", "cargo test --workspace --all-features --no-fail-fast")],
  },
  {
    name: "browser",
    asks: "does a browser behave as the widget assumes?",
    needs: ["wasm", "chromium"],
    steps: () => [
      step("cargo test in Chromium", "cargo", `cargo test --package leadkeep --target ${WASM} --no-fail-fast`, {
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner",
        // The first driver that is named wins, and Firefox's comes before Chromium's.
        GECKODRIVER: undefined,
        SAFARIDRIVER: undefined,
        WASM_BINDGEN_TEST_DRIVER_TIMEOUT: "60",
        WASM_BINDGEN_TEST_TIMEOUT: "300",
      }),
    ],
  },
  {
    name: "package",
    asks: "does npm publish what it should and nothing else?",
    needs: BUILD,
    steps: () => [{ title: "build", run: built(build) }, node("tests/package", ".test.mjs")],
  },
  {
    name: "size",
    asks: "is it small enough for a phone?",
    needs: BUILD,
    steps: () => [one("budgets", "node scripts/size.mjs")],
  },
  {
    name: "e2e",
    asks: "does what a shopper types become one lead in 2Checkout?",
    needs: [...BUILD, "chromium", "firefox", "webkit"],
    steps: () => {
      const env = {};
      const ready = async () => {
        env.LEADKEEP_TEST_WWW = await build();
        env.LEADKEEP_TEST_PROXY = await buildProxy();
      };
      return [{ title: "build", run: built(ready) }, node("tests/e2e", ".spec.mjs", env, 2)];
    },
  },
  {
    name: "consumers",
    asks: "does it work in the bundlers and frameworks that shops use?",
    needs: [...BUILD, "bundlers", "chromium"],
    steps: () => withProxy((env) => [node("tests/consumers", ".spec.mjs", env)]),
  },
  {
    name: "kit",
    asks: "does the conformance kit pass our proxy, and catch who breaks the contract?",
    needs: [...BUILD, "postgres"],
    steps: () => withProxy((env) => [node("tests/kit", ".spec.mjs", env, 2)]),
  },
  {
    name: "php",
    asks: "does the endpoint in PHP keep the contract, and do its pages keep a lead?",
    needs: [...BUILD, "chromium", "php"],
    steps: () =>
      withProxy((env) => [
        one("PHP reads it", "php -l php/leadkeep.php"),
        one("PSR-12", "phpcs --standard=php/phpcs.xml"),
        node("tests/php", ".spec.mjs", env),
      ]),
  },
  {
    name: "release",
    asks: "is what is released static, well, and shut in?",
    slow: true,
    needs: [...BUILD, "release"],
    steps: () => [
      { title: "build", run: built(build) },
      one(
        "static program",
        "cargo build --package leadkeep-proxy --target x86_64-unknown-linux-musl --profile smoke --quiet",
      ),
      node("tests/release", ".test.mjs"),
    ],
  },
  {
    name: "docs",
    asks: "does the book become a site?",
    slow: true,
    needs: ["mdbook"],
    steps: () => [one("mdbook build", "mdbook build docs/book")],
  },
  {
    name: "dev",
    asks: "does Trunk build the demo shop?",
    needs: [...BUILD, "trunk"],
    steps: () => [
      one("trunk build", "trunk build --release"),
      one("what it built", "node scripts/test/trunk-output.mjs"),
    ],
  },
];

function step(title, format, line, env = {}) {
  const [command, ...args] = line.split(" ");
  return {
    title,
    run: async () => counts(format, await collect(command, args, { env: { ...clean(), ...env }, live: true })),
  };
}

const one = (title, line, env) => step(title, "one", line, env);

/** The test files of a folder, one after the other or two at a time: most of them start a server or a browser. */
function node(folder, ending, env, together = 1) {
  const files = readdirSync(join(root, folder)).filter((name) => name.endsWith(ending));
  const paths = files.sort().map((name) => `${folder}/${name}`);
  return step(
    folder,
    "node",
    [`node --test --test-concurrency=${together} --test-reporter=spec`, ...paths].join(" "),
    env,
  );
}

/** Steps that need the widget and the proxy; their tests find both by `env`. */
function withProxy(steps) {
  const env = {};
  const ready = async () => {
    env.LEADKEEP_TEST_WWW = await build();
    env.LEADKEEP_TEST_PROXY = await buildProxy();
  };
  return [{ title: "build", run: built(ready) }, ...steps(env)];
}

/** What has to be made before the tests of a ring; it counts only when it fails. */
const built = (work) => async () => {
  await work();
  return { passed: 0, failed: 0, skipped: 0 };
};

/** Settings that are of the tests and not of leadkeep: where tools are kept, where saved forms lie. */
const OURS = ["LEADKEEP_CACHE", "LEADKEEP_FORMS"];

/** Takes this shell's settings of leadkeep away: with real credentials in them the tests would write real leads. */
function clean() {
  const names = Object.keys(process.env).filter((name) => name.startsWith("LEADKEEP_") && !OURS.includes(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}
