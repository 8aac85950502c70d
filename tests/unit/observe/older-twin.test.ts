import { expect, it } from "vitest";
import { isOlderTwin, type Twin } from "../../../src/observe/older-twin.ts";
import { type PathChange, parseHistory } from "../../../src/observe/path-history.ts";

// The number of the newest file.
const last = { inode: 0 };
const PLAIN = "---\ntitle: A\n---\nDo it.\n";
const CLAIMED = "---\ntitle: A\nassigned: A\nbranch: kanband/a\n---\nDo it.\n";

it("a buffer saved back to the place that the task left is older, committed again or not", () => {
  const history = [at("doing", "claimed", 0), at("planned", null, 0), at("planned", "plain", 1)];
  const current = twin("doing", "claimed", CLAIMED, "claimed");

  expect(isOlderTwin(twin("planned", "plain", PLAIN, null), current, history)).toBe(true);
  expect(isOlderTwin(current, twin("planned", "plain", PLAIN, null), history)).toBe(false);
  const again = [at("planned", "plain", 0), ...history.map((it) => ({ ...it, commit: it.commit + 1 }))];
  expect(isOlderTwin(twin("planned", "plain", PLAIN, "plain"), current, again)).toBe(true);
  expect(isOlderTwin(current, twin("planned", "plain", PLAIN, "plain"), again)).toBe(false);
});

it("a file whose successor differs in our keys alone is older, before and after the successor is committed", () => {
  const old = twin("planned", "plain", PLAIN, "plain");

  expect(isOlderTwin(old, twin("doing", "claimed", CLAIMED, null), [at("planned", "plain", 0)])).toBe(true);
  const history = [at("doing", "claimed", 0), at("planned", "plain", 1)];
  expect(isOlderTwin(old, twin("doing", "claimed", CLAIMED, "claimed"), history)).toBe(true);
  expect(isOlderTwin(twin("doing", "claimed", CLAIMED, "claimed"), old, history)).toBe(false);
});

it("a file without front matter gets one by our first key, and is the same task all the same", () => {
  const old = twin("planned", "bare", "# A\n", "bare");

  expect(
    isOlderTwin(old, twin("doing", "claimed", "---\nassigned: A\n---\n# A\n", null), [at("planned", "bare", 0)]),
  ).toBe(true);
});

it("a buffer saved again to where nobody could commit it before the claim is older than the claim", () => {
  const claim = twin("doing", "claimed", CLAIMED, "claimed");
  for (const headSha of [null, "plain"]) {
    const saved = twin("planned", "plain", PLAIN, headSha);
    const history = [...(headSha === null ? [] : [at("planned", "plain", 0)]), at("doing", "claimed", 1)];
    expect(isOlderTwin(saved, claim, history)).toBe(true);
    expect(isOlderTwin(claim, saved, history)).toBe(false);
    const copy = twin("planned", "claimed", CLAIMED, headSha === null ? null : "claimed");
    expect(isOlderTwin(copy, claim, history)).toBe(true);
    expect(isOlderTwin(claim, copy, history)).toBe(false);
  }
});

it("of a task that went to and fro the file counts to which it moved last, not a buffer saved since", () => {
  const history = [
    at("planned", "plain", 0),
    at("backlog", "plain", 1),
    at("planned", null, 1),
    at("planned", "plain", 2),
    at("backlog", null, 2),
    at("backlog", "plain", 3),
  ];
  const parked = twin("backlog", "plain", PLAIN, "plain");
  const saved = twin("planned", "plain", PLAIN, "plain");
  expect(isOlderTwin(saved, parked, history)).toBe(true);
  expect(isOlderTwin(parked, saved, history)).toBe(false);
});

it("of two equal files none is older, unless they are two names of one", () => {
  const done = twin("done", "plain", PLAIN, "plain");
  const history = [at("done", "plain", 0), at("for_review", null, 0)];
  expect(isOlderTwin(done, twin("planned", "plain", PLAIN, null), history)).toBe(false);
  expect(isOlderTwin(twin("planned", "plain", PLAIN, null), done, history)).toBe(false);
  expect(isOlderTwin(done, twin("planned", "plain", PLAIN, null, done.inode), history)).toBe(true);
});

it.each<[string, string | null, PathChange[]]>([
  ["before it is committed there", null, [at("for_review", "plain", 1)]],
  ["once both names are committed", "plain", [at("done", "plain", 0), at("for_review", "plain", 1)]],
  [
    "with what a person wrote before",
    "plain",
    [at("done", "plain", 0), at("for_review", "plain", 0), at("for_review", "older", 1)],
  ],
  [
    "where it was there before",
    "plain",
    [
      at("done", "plain", 0),
      at("for_review", "plain", 1),
      at("done", null, 1),
      at("done", "plain", 2),
      at("for_review", null, 2),
      at("for_review", "plain", 3),
    ],
  ],
])("of two names of one file the one it was moved to stays, %s", (_, headSha, history) => {
  const from = twin("for_review", "plain", PLAIN, "plain");
  const to = twin("done", "plain", PLAIN, headSha, from.inode);
  expect(isOlderTwin(from, to, history)).toBe(true);
  expect(isOlderTwin(to, from, history)).toBe(false);
});

it.each<[string, Twin, Twin, PathChange[]]>([
  [
    "somebody typed in it",
    twin("planned", "typed", `${PLAIN}More.\n`, null),
    twin("doing", "claimed", CLAIMED, "claimed"),
    [],
  ],
  [
    "both came with one commit",
    twin("planned", "plain", PLAIN, "plain"),
    twin("doing", "plain", PLAIN, "plain"),
    [at("planned", "plain", 0), at("doing", "plain", 0)],
  ],
  [
    "its front matter is broken",
    twin("planned", "bad", "---\na: [\n---\n", "bad"),
    twin("doing", "x", PLAIN, null),
    [],
  ],
])("a file is not older when %s", (_, it, other, history) => {
  expect(isOlderTwin(it, other, history)).toBe(false);
});

it("reads what git log prints, whatever a file is called", () => {
  const line = (from: string, to: string, status: string) =>
    `:100644 100644 ${from.repeat(40)} ${to.repeat(40)} ${status}`;
  const text = `\u0001\0\n${line("a", "b", "M")}\0board/planned/a\nb.md\0\0\u0001\0\n${line("a", "0", "D")}\0x\0${line("0", "c", "A")}\0y\0`;

  expect(parseHistory(text)).toEqual([
    { path: "board/planned/a\nb.md", to: "b".repeat(40), commit: 0 },
    { path: "x", to: null, commit: 1 },
    { path: "y", to: "c".repeat(40), commit: 1 },
  ]);
});

/** A file of its own; its claim is in its text, if it lies in doing/. */
function twin(path: string, blobSha: string, text: string, headSha: string | null, inode = ++last.inode): Twin {
  return { path, blobSha, text, headSha, inode, isClaim: path === "doing" && /^assigned:/m.test(text) };
}

function at(path: string, to: string | null, commit: number): PathChange {
  return { path, to, commit };
}
