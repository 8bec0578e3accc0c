// The workflows hold tokens that publish: what runs in them is fixed, and may do no more than it has to.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "./support.mjs";

const folder = join(root, ".github", "workflows");
const workflows = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]);

for (const [name, text] of workflows) {
  test(`${name}: every action is pinned by its commit, with its version beside it`, () => {
    const used = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, action]) => action);
    assert.ok(used.length > 0);
    for (const action of used) assert.match(action, /^[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/);
  });

  test(`${name}: it may read the repository, and a job says what more it needs`, () => {
    assert.match(text, /^permissions:\n {2}contents: read$/m);
    assert.doesNotMatch(text, /permissions: write-all|pull_request_target/);
  });

  test(`${name}: a checkout leaves no token behind, and no script is put together from an event`, () => {
    const checkouts = text.split(/uses: actions\/checkout@/).slice(1);
    for (const checkout of checkouts) assert.match(checkout.slice(0, 300), /persist-credentials: false/);
    assert.doesNotMatch(text, /\$\{\{\s*github\.(event|head_ref)/);
  });
}
