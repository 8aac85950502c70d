import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { expectSound, inLane, kanband, sessionText, soon } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(0, 3);

it("a board on its own branch whose checkout somebody removes is told, checked out again, and its daemon ended", async () => {
  const board = await liveBoard({ layout: "own-branch", settings: "slots: 1\nagent: shell\nsandbox: none\n" });
  const { root, boardRoot } = board;
  const daemon = await board.start();
  const go = join(root, ".git/go");
  board.write(
    "board/planned/a.md",
    shellTask(
      `echo x > x.txt; touch ${go}.ready; for i in $(seq 400); do echo $i; [ -e ${go} ] && break; sleep 0.05; done`,
    ),
  );
  await soon(board, "it runs", () => existsSync(`${go}.ready`) && sessionText(board, "a").includes("> 3"));
  rmSync(boardRoot, { recursive: true, force: true });
  await soon(board, "the daemon knows", () => daemon.output().includes(`${boardRoot} is gone`));
  // Nothing is written where the board was.
  expect(existsSync(boardRoot)).toBe(false);
  for (const command of [["status"], ["init"]]) {
    const { exitCode, stderr } = await kanband(root, command);
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`its worktree ${boardRoot} is gone`);
    expect(stderr).toContain("`kanband init --branch kanban` checks out what was committed");
  }
  mkdirSync(join(boardRoot, "left"), { recursive: true });
  expect((await kanband(root, ["status"])).stderr).toContain(`Move what is left of ${boardRoot} elsewhere`);
  expect((await kanband(root, ["init", "--branch", "kanban"])).stderr).toContain("is in the way");
  rmSync(boardRoot, { recursive: true, force: true });
  expect((await kanband(root, ["init", "--branch", "kanban"])).stdout).toContain(`checked out in ${boardRoot}`);
  writeFileSync(go, "");
  await inLane(board, "a", "for_review");
  expect(sessionText(board, "a")).toMatch(/^state: done$/m);
  await expectSound(board);

  rmSync(boardRoot, { recursive: true, force: true });
  expect((await kanband(root, ["down"])).stdout).toContain(`The daemon has ended, process ${daemon.pid}.`);
  expect(await daemon.ended).toBe(0);
  expect((await kanband(root, ["down"])).stderr).toContain("NO_BOARD");
});
