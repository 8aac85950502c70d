import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentsOf, expectSound, inLane, inState, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { liveBoard, NOISY_WATCHER, type StartOptions, shellTask } from "../../helpers/live-board.ts";
import { someToday } from "../../helpers/today.ts";

const WATCHERS: readonly (readonly [string, StartOptions])[] = [
  ["as it is", {}],
  ["that hears nothing", { args: ["--poll", "500ms"] }],
  ["that doubles, reorders, delays, drops and invents", { program: NOISY_WATCHER }],
];

describe("a watcher only says when to look", () => {
  it.each(someToday(WATCHERS, 3))("one %s: a merge, a stop and a rework end in the same state", async (_, start) => {
    const board = await liveBoard();
    const daemon = await board.start(start);
    board.write("board/planned/merged.md", shellTask("echo two >> src/app.txt"));
    board.write("board/planned/long.md", shellTask("echo half > half.txt\necho working\nsleep 300"));
    await inLane(board, "merged", "for_review");
    await soon(board, "the long one works", () => sessionText(board, "long").includes("working"));

    board.mv("long", "backlog");
    board.mv("merged", "done");
    board.write("board/planned/again.md", shellTask("echo line >> again.txt"));
    await inState(board, "long", "stopped");
    await soon(board, "it is merged", async () => (await board.git("branch", "--list", "kanband/merged")) === "");
    await inLane(board, "again", "for_review");
    await settled(board);
    board.mv("again", "planned");
    await soon(board, "the rework is done", () => {
      return board.lane("again") === "for_review" && /^attempt: 2$/m.test(sessionText(board, "again"));
    });
    await settled(board);

    expect(["merged", "long", "again"].map((id) => board.lanes(id))).toEqual([["done"], ["backlog"], ["for_review"]]);
    expect(await board.git("show", "main:src/app.txt")).toBe("one\ntwo");
    expect(await board.git("show", "kanband/again:again.txt")).toBe("line\nline");
    expect(await board.git("show", "kanband/long:half.txt")).toBe("half");
    for (const id of ["merged", "long", "again"]) {
      const lane = board.lane(id) ?? "";
      expect(board.read(`board/${lane}/${id}.md`)).not.toMatch(/^(assigned|blocked|stale):/m);
    }
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    await expectSound(board);
    expect(await daemon.stop()).toBe(0);
    expect(existsSync(join(board.root, ".git/kanband/lock"))).toBe(false);
  });
});
