import { chmodSync, existsSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { boardCommitted, expectSound, soon } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(2, 4);

const IDS = ["a", "b", "c"];
const STILL_MS = 1_500;

it.each([
  ["a checkout", ["checkout", "--quiet", "other"], ["checkout", "--quiet", "main"]],
  ["a hard reset", ["reset", "--quiet", "--hard", "other"], ["reset", "--quiet", "--hard", "ORIG_HEAD"]],
] as const)(
  "%s that stands still between the index and HEAD takes no task away, and starts none",
  async (_, go, back) => {
    const board = await liveBoard();
    const ran = join(board.root, ".git/ran");
    board.write("board/planned/old.md", shellTask(`touch ${ran}`));
    await board.git("add", "--all");
    await board.git("commit", "--quiet", "--message", "As it was");
    await board.git("branch", "other");
    board.mv("old", "backlog");
    await board.start();
    for (const id of IDS) board.write(`board/backlog/${id}.md`, `# ${id}\n`);
    await soon(board, "they are on the branch", async () => {
      return (
        (await board.git("ls-tree", "-r", "--name-only", "main", "board/backlog/")).split("\n").length > IDS.length
      );
    });
    await boardCommitted(board);

    // Git calls this hook once it has written the index, and moves HEAD afterwards.
    const hook = join(board.root, ".git/hooks/post-index-change");
    writeFileSync(hook, `#!/bin/sh\n[ "$1" = 1 ] && sleep ${STILL_MS / 1000}\nexit 0\n`);
    chmodSync(hook, 0o755);
    const before = await board.git("log", "--format=%H", "main");
    await board.git(...go);
    const isAway = go[0] === "checkout";
    // A reset says that this is to be the board from now on: what is planned there may begin as soon as it is over.
    if (isAway) await sleep(500);
    await board.git(...back);
    await board.git("config", "core.hooksPath", "/nowhere");

    for (const id of [...IDS, "old"]) {
      await soon(board, `${id} is where it was`, () => board.lanes(id).join() === "backlog");
    }
    await boardCommitted(board);
    const after = await board.git("log", "--format=%H", "main");
    if (isAway) expect(after).toBe(before);
    if (isAway) expect(existsSync(ran)).toBe(false);
    await expectSound(board);
  },
);

it.each<[string, number]>([
  ["that others write again and again", 0],
  ["of an hour from now", 3_600_000],
])("an index %s, with files of the board staged, stops nothing for good", async (_, aheadMs) => {
  const board = await liveBoard();
  const ran = join(board.root, ".git/ran");
  board.write("board/README.md", "# The board\n");
  board.write("board/backlog/staged.md", "# One\n");
  await board.git("add", "board");
  const at = new Date(Date.now() + aheadMs);
  utimesSync(join(board.root, ".git/index"), at, at);
  await board.start();
  board.write("board/planned/new.md", shellTask(`touch ${ran}`));
  await soon(board, "the other one runs", async () => {
    board.write("src/app.txt", `${Date.now()}\n`);
    if (aheadMs === 0) await board.git("add", "src/app.txt").catch(() => undefined);
    await sleep(500);
    return existsSync(ran);
  });
});
