import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { boardCommitted, expectSound, inLane, soon, told } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(0, 3);

const IDS = ["a", "b", "c"];

it("a checkout that gives up half way, and a sparse one, take no task away and stop nobody", async () => {
  const board = await liveBoard();
  board.write("code.bin", "new\n");
  board.write(".gitattributes", "*.bin filter=big\n");
  await board.git("add", "--all");
  await board.git("commit", "--quiet", "--message", "As it was");
  await board.git("branch", "old");
  board.write("code.bin", "newer\n");
  await board.git("commit", "--quiet", "--all", "--message", "As it is");
  await board.git("config", "filter.big.smudge", "false");
  await board.git("config", "filter.big.clean", "cat");
  await board.git("config", "filter.big.required", "true");
  await board.start();
  for (const id of IDS) board.write(`board/backlog/${id}.md`, `# ${id}\n`);
  board.write("board/planned/run.md", shellTask("while [ ! -e ../go-on ]; do sleep 0.1; done; echo run > run.txt"));
  await inLane(board, "run", "doing");
  await boardCommitted(board);
  const before = await board.git("rev-parse", "main");

  const [checkout] = await Promise.allSettled([board.git("checkout", "--quiet", "old")]);
  expect(checkout.status).toBe("rejected");
  expect(board.lanes("a")).toEqual([]);
  await soon(board, "it is told", async () => (await told(board.root, ["status"])).includes("gone from the board"));
  expect((await runCli(board.root, ["why", "a"])).stderr).toContain("gone from the board");
  await sleep(1_000);
  // Once some are back the rest is no removal either, and whoever asks is told so.
  await board.git("restore", "board/backlog/a.md", "board/backlog/b.md");
  await soon(board, "it is told", async () => (await told(board.root, ["status"])).includes("2 files are gone"));
  await sleep(1_000);
  await board.git("-c", "filter.big.smudge=cat", "restore", ".");
  for (const id of IDS) expect(board.lanes(id)).toEqual(["backlog"]);

  await board.git("-c", "filter.big.smudge=cat", "sparse-checkout", "set", "board/doing");
  await soon(board, "it is told", async () =>
    (await told(board.root, ["status"])).includes("sparse checkout leaves out"),
  );
  await sleep(1_000);
  await board.git("-c", "filter.big.smudge=cat", "sparse-checkout", "disable");
  expect(await board.git("rev-parse", "main")).toBe(before);

  board.write(".kanband/worktrees/go-on", "");
  await inLane(board, "run", "for_review");
  for (const id of IDS) expect(board.lanes(id)).toEqual(["backlog"]);
  await expectSound(board);
});
