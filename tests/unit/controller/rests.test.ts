import { expect, it } from "vitest";
import { createRests } from "../../../src/controller/rests.ts";

it("rests longer after each failure, up to a minute, and starts afresh after a success", () => {
  const now = { ms: 0 };
  const due: number[] = [];
  const rests = createRests(
    () => now.ms,
    (afterMs) => due.push(afterMs),
  );

  for (let failure = 0; failure < 9; failure++) rests.add("board/planned/a.md");
  expect(due).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(rests.isResting("board/planned/a.md")).toBe(true);
  expect(rests.isResting("board/planned/b.md")).toBe(false);

  now.ms = 60_000;
  expect(rests.isResting("board/planned/a.md")).toBe(false);
  rests.forget("board/planned/a.md");
  rests.add("board/planned/a.md");
  expect(due.at(-1)).toBe(500);
});
