/** The small real code project that the demo's tasks work on: plain Node with its own test runner, no dependencies. */
export const SAMPLE_PROJECT: Readonly<Record<string, string>> = {
  "README.md": `# Text tools

Small functions for texts. \`npm test\` runs the tests.
`,
  "package.json": `{
  "name": "text-tools",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test test/*.test.js" }
}
`,
  "src/count-lines.js": `/** How many lines a text has; a last line need not end in a line break. */
export function countLines(text) {
  return text === "" ? 0 : text.replace(/\\n$/, "").split("\\n").length;
}
`,
  "test/count-lines.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { countLines } from "../src/count-lines.js";

test("counts lines", () => assert.equal(countLines("one\\ntwo\\n"), 2));
test("an empty text has none", () => assert.equal(countLines(""), 0));
`,
};

/** Settings of the demo's board: three tasks at a time, and little patience, so that a slow one is seen to be stale. */
export const DEMO_SETTINGS = `---
slots: 3
agent: shell
stale_after: { doing: 3s, for_review: 24h }
worktree: { pool: 3 }
---

The board of a demo.
`;
