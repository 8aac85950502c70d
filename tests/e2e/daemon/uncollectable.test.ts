import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { expectSound, inLane, kanband, settled, soon, status } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(0, 3);

it("a run that cannot be collected leaves a way out: its task is moved away, the daemon ends, and the next one collects it", async () => {
  const board = await liveBoard({ settings: "agent: shell\nslots: 1\ngrace: 1s\n" });
  const daemon = await board.start({ env: { KANBAND_FAILPOINTS: "apply.collect.before-session=EIO" } });
  board.write("board/planned/stuck.md", shellTask("echo done > stuck.txt"));
  await soon(board, "its collect fails", async () => {
    const [task] = (await status(board)).tasks;
    return /^collect of \S+ failed: /.test(task?.waiting ?? "");
  });
  board.write("board/planned/next.md", shellTask("echo done > next.txt"));

  board.mv("stuck", "backlog");
  await inLane(board, "next", "doing");
  await soon(board, "the next has run", () => existsSync(join(board.root, "sessions/next/engineer.md")));
  expect((await kanband(board.root, ["down", "--stop-runs"])).exitCode).toBe(0);
  expect(await daemon.ended).toBe(0);

  await board.start();
  await inLane(board, "next", "for_review");
  await settled(board);
  expect(board.read("sessions/stuck/engineer.md")).not.toContain("state: running");
  await expectSound(board);
});
