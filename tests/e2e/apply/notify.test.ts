import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { notify } from "../../../src/apply/notify.ts";
import { applyBoard } from "./apply-board.ts";

const NOTICE = { event: "blocked", taskId: "a", message: "no way" } as const;

it("gives the command the notice as JSON", async () => {
  const board = await applyBoard({}, { settings: { notify: "cat > notice.json" }, clock: () => 0 });
  await notify(board.world, NOTICE);
  expect(JSON.parse(readFileSync(join(board.root, "notice.json"), "utf8"))).toEqual({
    ...NOTICE,
    at: "1970-01-01T00:00:00.000Z",
  });
  expect(board.complaints).toEqual([]);
});

it.each(["exit 3", "no-such-program-at-all"])("a command that fails is only logged: %s", async (command) => {
  const board = await applyBoard({}, { settings: { notify: command } });
  await notify(board.world, NOTICE);
  expect(board.complaints).toHaveLength(1);
});

it("runs nothing without a command", async () => {
  const board = await applyBoard({});
  await notify(board.world, NOTICE);
  expect(existsSync(join(board.root, "notice.json"))).toBe(false);
});
