import { expect, it } from "vitest";
import type { FileRecord } from "../../../src/observe/file-record.ts";
import { type Absences, noteAbsence, settlesAt } from "../../../src/observe/settle.ts";

const NOW = 1_000_000;

it.each<[string, Partial<FileRecord<null>["stamp"]> & { blobSha?: string; path?: string }, string | null, number]>([
  ["50 ms after the last write", { mtimeMs: NOW - 10 }, null, NOW + 40],
  ["long ago for a file that only moved", { mtimeMs: 5, ctimeMs: NOW }, null, 55],
  ["a second after it was emptied", { mtimeMs: NOW - 10, size: 0 }, null, NOW + 990],
  [
    "ten seconds after it was emptied, where the branch has content",
    { mtimeMs: NOW - 10, size: 0 },
    "old",
    NOW + 9_990,
  ],
  ["without that second for .gitkeep", { mtimeMs: NOW - 10, size: 0, path: "board/doing/.gitkeep" }, null, NOW + 40],
  ["at once where it is as committed", { mtimeMs: NOW, blobSha: "same" }, "same", 0],
  ["50 ms after it was first seen, if its time is in the future", { mtimeMs: NOW + 5_000_000 }, null, NOW + 50],
])("a file settles %s", (_, facts, headSha, expected) => {
  expect(settlesAt(recordOf(facts), headSha)).toBe(expected);
});

it("counts an absence from the first look on, and anew when the branch has other bytes there", () => {
  const absences: Absences = new Map();

  expect(noteAbsence(absences, "p", "one", 1_000)).toBe(1_100);
  expect(noteAbsence(absences, "p", "one", 1_500)).toBe(1_100);
  expect(noteAbsence(absences, "p", "two", 2_000)).toBe(2_100);
});

function recordOf(facts: Partial<FileRecord<null>["stamp"]> & { blobSha?: string; path?: string }): FileRecord<null> {
  const { blobSha = "blob", path = "board/doing/a.md", ...stamp } = facts;
  return {
    path,
    blobSha,
    seenAt: NOW,
    depth: "content",
    value: null,
    problem: null,
    isRacy: false,
    stamp: { dev: 1, ino: 1, size: 10, mtimeMs: NOW, ctimeMs: NOW, kind: "file", ...stamp },
  };
}
