import { expect, it } from "vitest";
import { createRests } from "../../../src/controller/rests.ts";

const FAILED = { path: "board/planned/a.md", taskId: "a", reason: "the disk is full" };

it("rests longer after each failure, up to a minute, and starts afresh after a success", () => {
  const now = { ms: 0 };
  const due: number[] = [];
  const rests = createRests(
    () => now.ms,
    (afterMs) => due.push(afterMs),
  );

  for (let failure = 0; failure < 9; failure++) rests.add(FAILED);
  expect(due).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(rests.isResting("board/planned/a.md")).toBe(true);
  expect(rests.isResting("board/planned/b.md")).toBe(false);

  expect(rests.list()).toEqual([
    { kind: "edit", taskId: "a", slot: null, problem: "the disk is full", retryAt: 60_000 },
  ]);

  now.ms = 60_000;
  expect(rests.list()).toEqual([]);
  expect(rests.isResting("board/planned/a.md")).toBe(false);
  rests.forget("board/planned/a.md");
  rests.add(FAILED);
  expect(due.at(-1)).toBe(500);
});

it("takes what is skipped again and again for failed", () => {
  const rests = createRests(
    () => 0,
    () => {},
  );
  for (let skip = 0; skip < 9; skip++) rests.skip(FAILED);
  rests.forget(FAILED.path);
  for (let skip = 0; skip < 9; skip++) rests.skip(FAILED);
  expect(rests.list()).toEqual([]);
  rests.skip(FAILED);
  expect(rests.isResting(FAILED.path)).toBe(true);
});
