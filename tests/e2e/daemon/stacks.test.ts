import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { told } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask, until } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

// Several runs, checks and merges one after the other.
const PATIENCE_MS = 180_000;
const SETTINGS = "slots: 3\nagent: shell\ngrace: 1s\nretry: { limit: 1, base: 100ms, max: 1s }\n";

async function inLanes(board: LiveBoard, lane: string, ...ids: string[]): Promise<void> {
  const state = (): string =>
    ids.map((id) => `${id}: ${board.lane(id)}\n${board.read(board.find(id) ?? "")}`).join("\n");
  await until(`${ids.join(", ")} in ${lane}`, () => ids.every((id) => board.lane(id) === lane), {
    withinMs: 60_000,
    state,
  });
}

const stacked = (script: string, ...dependencies: string[]): string =>
  shellTask(script, `stack: true\ndependencies: [${dependencies.join(", ")}]\n`);

it(
  "a stack of three is done before any is accepted, follows a rework, and lands in order, whatever is accepted first",
  async () => {
    const board = await liveBoard({ settings: SETTINGS });
    const daemon = await board.start();
    board.write("board/planned/one.md", shellTask("[ -e one.txt ] && echo mended > one.txt || echo one > one.txt"));
    board.write("board/planned/two.md", stacked("cp one.txt two.txt", "one"));
    board.write("board/planned/three.md", stacked("cat one.txt two.txt > three.txt", "two"));
    await inLanes(board, "for_review", "one", "two", "three");
    expect(await board.git("show", "kanband/three:three.txt")).toBe("one\none");
    expect(await told(board.root, ["show", "three"])).toMatch(/stands on +two at [0-9a-f]{7}/);

    board.mv("one", "planned");
    await until(
      "the top has what is new at the bottom",
      async () => {
        return (await board.git("show", "kanband/three:one.txt")) === "mended" && board.lane("three") === "for_review";
      },
      { withinMs: 60_000 },
    );
    for (const id of ["two", "three"]) {
      const checks = (): string => board.read(`sessions/${id}/checks.md`);
      // The branch is ahead of its checks for a moment, while the task lies where it lay.
      await until(
        `${id} is checked as it is`,
        async () => checks().includes(await board.git("rev-parse", `kanband/${id}`)),
        { withinMs: 60_000, state: checks },
      );
      expect(checks()).toMatch(/^verdict: clean$/m);
    }
    await inLanes(board, "for_review", "one", "two", "three");

    for (const id of ["three", "two"]) board.mv(id, "done");
    await until("it waits for the one below", async () => {
      return (await told(board.root, ["why", "three"])).includes("its merge waits for that of two");
    });
    board.mv("one", "done");
    await until(
      "all is merged",
      async () => (await board.git("for-each-ref", "refs/heads/kanband", "refs/kanband/stack")) === "",
      {
        withinMs: 60_000,
      },
    );
    const merges = await board.git("log", "--first-parent", "--merges", "--format=%s", "main");
    expect(merges.split("\n").map((it) => /^Merge (\w+):/.exec(it)?.[1])).toEqual(["three", "two", "one"]);
    expect(await board.git("show", "main:one.txt", "main:two.txt", "main:three.txt")).toBe("mended\none\none\none");
    expect(await daemon.stop()).toBe(0);
  },
  PATIENCE_MS,
);

it(
  "a diamond starts from both, and a conflict with one that is rewritten is mended by its agent",
  async () => {
    const board = await liveBoard({ settings: SETTINGS });
    await board.start();
    board.write("board/planned/left.md", shellTask("echo left > left.txt"));
    board.write("board/planned/right.md", shellTask("echo right > right.txt"));
    const mend = "if grep -q '<<<<<<< ' left.txt; then echo mended > left.txt; else echo top >> left.txt; fi";
    board.write("board/planned/top.md", stacked(`${mend}\ncp right.txt top.txt`, "left", "right"));
    await inLanes(board, "for_review", "left", "right", "top");
    expect(await board.git("show", "kanband/top:left.txt", "kanband/top:top.txt")).toBe("left\ntop\nright");

    await until("its worktrees are free", async () => !(await board.git("worktree", "list")).includes("[kanband/"));
    const amended = join(board.root, ".git/amended");
    await board.git("worktree", "add", "-q", amended, "kanband/left");
    appendFileSync(join(amended, "left.txt"), "rewritten\n");
    await board.git("-C", amended, "commit", "-qa", "--amend", "-m", "Left, rewritten");
    await board.git("worktree", "remove", amended);
    board.write("board/backlog/other.md", "# Somebody looks\n");

    await until(
      "its conflict is mended",
      () => {
        return board.lane("top") === "for_review" && /^attempt: 2$/m.test(board.read("sessions/top/engineer.md"));
      },
      { withinMs: 60_000, state: () => board.read(board.find("top") ?? "") },
    );
    expect(board.read("sessions/top/restack.md")).toMatch(/^verdict: to-mend$/m);
    expect(board.read("sessions/top/checks.md")).toMatch(/^verdict: clean$/m);
    expect(await board.git("show", "kanband/top:left.txt")).toBe("mended");

    for (const id of ["left", "right", "top"]) board.mv(id, "done");
    // Nobody has checked what it was rewritten to.
    await inLanes(board, "blocked", "left");
    // Git keeps whole seconds: an acceptance counts as a later one from the next second on.
    await sleep(1_100);
    board.mv("left", "done");
    await until(
      "all is merged",
      async () => (await board.git("for-each-ref", "refs/heads/kanband", "refs/kanband/stack")) === "",
      {
        withinMs: 60_000,
      },
    );
    expect(await board.git("show", "main:left.txt", "main:top.txt")).toBe("mended\nright");
  },
  PATIENCE_MS,
);
