import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import {
  describeBoard,
  expectSound,
  inLane,
  kanband,
  sessionText,
  settled,
  soon,
  told,
} from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const SETTINGS = "slots: 3\nagent: shell\ngrace: 1s\nrework: { limit: 0 }\n";

describe("a person who rewrites the board's own commits", () => {
  it("git pull --rebase under running tasks: each merges, and none brings an old board along", async () => {
    const board = await liveBoard({ settings: SETTINGS });
    await commitUpstream(board);
    await board.start();
    const wait = "while [ ! -e ../../../.git/go ]; do sleep 0.1; done";
    board.write("board/planned/early.md", shellTask("echo early > early.txt"));
    await inLane(board, "early", "for_review");
    board.write("board/planned/late.md", shellTask(`${wait}\necho late > late.txt`));
    board.write("board/planned/evil.md", shellTask(`${wait}\nmkdir -p board\necho evil > board/evil.md`));
    for (const id of ["late", "evil"]) {
      await soon(board, `${id} runs`, () => board.lane(id) === "doing" && sessionText(board, id).includes("running"));
    }

    const old = await board.git("rev-parse", "main");
    await rebase(board, "upstream");
    expect(await board.git("merge-base", "main", old)).not.toBe(old);
    board.write(".git/go", "");

    await inLane(board, "late", "for_review");
    await inLane(board, "evil", "blocked");
    expect(board.read("board/blocked/evil.md")).toMatch(/blocked: .*board\/evil\.md/);
    for (const id of ["early", "late"]) {
      board.mv(id, "done");
      await soon(board, `${id} is merged`, async () => (await board.git("branch", "--list", `kanband/${id}`)) === "");
      expect(await board.git("show", `main:${id}.txt`)).toBe(id);
    }
    await settled(board);
    expect(await board.git("show", "main:upstream.txt")).toBe("upstream");
    const tasks = (await board.git("ls-tree", "-r", "--name-only", "main", "board/")).split("\n");
    expect(tasks.filter((it) => /(early|late|evil)\.md$/.test(it))).toEqual([
      "board/blocked/evil.md",
      "board/done/early.md",
      "board/done/late.md",
    ]);
    await expectSound(board);
  });

  it("a task that conflicts with what was pulled is mended by its rework, without the board in its way", async () => {
    const board = await liveBoard({ settings: SETTINGS });
    await commitUpstream(board, "src/app.txt");
    await board.start();
    const mend = "if grep -q '<<<<' src/app.txt; then echo both > src/app.txt; else echo mine > src/app.txt; fi";
    board.write("board/planned/task.md", shellTask(mend));
    await inLane(board, "task", "for_review");
    await settled(board);
    await rebase(board, "upstream");
    board.mv("task", "done");
    await soon(board, "the conflict is mended", () => board.lane("task") === "for_review");
    await settled(board);
    board.mv("task", "done");
    await soon(board, "it is merged", async () => (await board.git("branch", "--list", "kanband/task")) === "");
    expect(await board.git("show", "main:src/app.txt")).toBe("both");
    await expectSound(board);
  });

  it("where it stops with a conflict no task is moved; in a merge they are, and nothing is said to come of it yet", async () => {
    const board = await liveBoard({ settings: SETTINGS, files: { "board/for_review/task.md": "# Task\n" } });
    await commitUpstream(board, "src/app.txt");
    await board.start();
    writeFileSync(join(board.root, "src/app.txt"), "mine\n");
    await board.git("commit", "--quiet", "--all", "--message", "Mine");
    await settled(board);

    await board.git("rebase", "upstream").catch(() => undefined);
    for (const args of [["accept"], ["move", "done"], ["stop"], ["rework"], ["undo"], ["approve"]]) {
      const [command = "", ...lane] = args;
      const { exitCode, stderr } = await kanband(board.root, [command, "task", ...lane]);
      expect({ command, exitCode, stderr }).toEqual({
        command,
        exitCode: 4,
        stderr: expect.stringMatching(/BOARD_ELSEWHERE a rebase is in progress in .*: finish or abort it/),
      });
    }
    await board.git("rebase", "--abort");
    expect(board.lanes("task")).toEqual(["for_review"]);

    await board.git("merge", "upstream").catch(() => undefined);
    const accepted = await told(board.root, ["accept", "task"]);
    expect(accepted).toMatch(/That counts once the board goes on: a merge is in progress in .*: finish or abort it\./);
    await board.git("merge", "--abort");
    await settled(board);
    expect(board.lanes("task")).toEqual(["done"]);
    await expectSound(board);
  });
});

/** Somebody else's commit, as a fetch brings it. */
async function commitUpstream(board: LiveBoard, path = "upstream.txt"): Promise<void> {
  await board.git("checkout", "--quiet", "-b", "upstream");
  writeFileSync(join(board.root, path), "upstream\n");
  await board.git("add", path);
  await board.git("commit", "--quiet", "--message", "Upstream");
  await board.git("checkout", "--quiet", "main");
}

async function rebase(board: LiveBoard, onto: string): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const failure = await board.git("rebase", "--quiet", onto).then(
      () => null,
      (error: unknown) => String(error),
    );
    if (failure === null) return;
    await board.git("rebase", "--abort").catch(() => undefined);
    await sleep(100);
  }
  throw new Error(`the rebase never succeeded\n${await describeBoard(board)}`);
}
