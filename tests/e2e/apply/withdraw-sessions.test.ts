import { expect, it } from "vitest";
import { withdrawSessions } from "../../../src/apply/withdraw-sessions.ts";
import { applyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";

it("what was written beside another branch is taken back, so that git goes back to the board's", async () => {
  const board = await applyBoard({
    "board/doing/a.md": claimedTask("echo said; while [ ! -e go ]; do sleep 0.05; done; echo work > w.txt"),
    "sessions/a/engineer.md": "---\nstate: failed\n---\n\nThe one before.\n",
    "sessions/a/context.md": "# Context of a\n",
  });
  await board.git("switch", "--quiet", "--orphan", "bare");
  await board.git("commit", "--quiet", "--allow-empty", "--message", "Bare");
  await board.git("switch", "--quiet", "main");
  await board.run(launchOf("a"));
  await board.git("add", "--all", "sessions");
  await board.git("commit", "--quiet", "--message", "Live");

  await board.git("switch", "--quiet", "bare");
  for (const name of ["engineer", "context", "notes"]) board.write(`sessions/a/${name}.md`, "late\n");
  await expect(board.git("switch", "--quiet", "main")).rejects.toThrow(/would be overwritten/);
  await withdrawSessions(board.world);
  // What is nobody's but a person's stays.
  expect(await board.git("status", "--porcelain", "--untracked-files=all", "sessions")).toBe("?? sessions/a/notes.md");
  await board.git("switch", "--quiet", "main");

  board.write(".kanband/worktrees/w1/go", "");
  await board.over();
  await collectAll(board);
  expect(board.read("sessions/a/engineer.md")).toMatch(/^state: done$/m);
  expect(board.read("sessions/a/engineer.md")).toContain("> said");
});
