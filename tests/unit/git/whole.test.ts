import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { isConfigWhole, isIndexWhole, isPackedRefsWhole, isRefFileWhole } from "../../../src/git/whole.ts";

const SHA = "0123456789abcdef0123456789abcdef01234567";
const HEADER = "# pack-refs with: peeled fully-peeled sorted \n";

it.each([
  ["as git writes it", `${HEADER}${SHA} refs/heads/main\n${SHA} refs/tags/v1\n^${SHA}\n`, true],
  ["without refs", HEADER, true],
  ["empty", "", false],
  ["without its header", `${SHA} refs/heads/main\n`, false],
  ["cut in a line", `${HEADER}${SHA} refs/hea`, false],
  ["cut in an id", `${HEADER}${SHA.slice(0, 9)}\n`, false],
  ["with a line of anything", `${HEADER}tampered\n`, false],
])("packed-refs %s", (_, text, isWhole) => expect(isPackedRefsWhole(text)).toBe(isWhole));

it.each([
  [`${SHA}\n`, true],
  ["ref: refs/heads/main\n", true],
  ["ref: refs/heads/main", true],
  ["ref: refs/heads/main\ntampered\n", false],
  ["ref: \n", false],
  ["tampered\n", false],
  [SHA.slice(1), false],
  ["", false],
])("a ref that holds %j", (text, isWhole) => expect(isRefFileWhole(text)).toBe(isWhole));

it.each([
  ["", true],
  ["[core]\n\tbare = false\n; note\n# note\n", true],
  ['[remote "a\\"b"] url = x # here\n\tfetch = +refs/*:refs/*\n', true],
  ["[alias]\n\tx = !sh -c \\\n\t'y'\n\tflag\n", true],
  ["\uFEFF[core]\r\n\tbare = true\r\n", true],
  ["[core\n", false],
  ["bare = true\n", false],
  ["[core]\n\t<<<<<<< ours\n", false],
  ["[core]\n\t1x = 2\n", false],
])("settings that hold %j", (text, isWhole) => expect(isConfigWhole(text)).toBe(isWhole));

it("an index with a byte more, a byte less or another byte is not whole", () => {
  const body = Buffer.concat([Buffer.from("DIRC"), Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])]);
  const whole = Buffer.concat([body, createHash("sha1").update(body).digest()]);
  expect(isIndexWhole(whole, "sha1")).toBe(true);
  expect(isIndexWhole(Buffer.concat([body, Buffer.alloc(20)]), "sha1")).toBe(true);
  for (const bytes of [
    Buffer.concat([whole, Buffer.from("x")]),
    whole.subarray(0, -1),
    Buffer.alloc(40),
    Buffer.alloc(0),
  ])
    expect(isIndexWhole(bytes, "sha1")).toBe(false);
  const other = Buffer.from(whole);
  other.writeUInt8(9, 11);
  expect(isIndexWhole(other, "sha1")).toBe(false);
});
