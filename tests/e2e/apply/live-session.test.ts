import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { syncSessions } from "../../../src/apply/sync-sessions.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, openApplyBoard } from "./apply-board.ts";
import { until } from "./until.ts";

const worktree = (board: ApplyBoard) => join(board.root, ".kanband/worktrees/w1");

describe("the live session file", () => {
  it("grows line by line, and a restart neither loses nor doubles a line", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask(
        "for i in 1 2 3; do echo line $i; done\nwhile [ ! -e go ]; do sleep 0.05; done\nfor i in 4 5 6; do echo line $i; done",
      ),
    });
    await board.run(launchOf("a"));
    await until(() => (board.runs()[0]?.stdoutBytes ?? 0) >= 21);
    syncSessions(board.world, board.runs());
    const before = board.read("sessions/a/engineer.md");
    expect(before.match(/> line \d/g)).toEqual(["> line 1", "> line 2", "> line 3"]);

    // A crash cut the last line in two; another daemon takes over.
    writeFileSync(join(board.root, "sessions/a/engineer.md"), before.slice(0, -5));
    const next = await openApplyBoard(board.root);
    syncSessions(next.world, next.runs());
    expect(board.read("sessions/a/engineer.md").match(/> line \d/g)).toEqual(["> line 1", "> line 2", "> line 3"]);
    writeFileSync(join(worktree(board), "go"), "");
    await next.over();
    syncSessions(next.world, next.runs());
    await collectAll(next);
    const after = board.read("sessions/a/engineer.md");
    expect(after.slice(after.indexOf("## Activity")).match(/> line \d/g)).toEqual(
      [1, 2, 3, 4, 5, 6].map((it) => `> line ${it}`),
    );
  });

  it("is written anew when somebody else wrote into it", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask("echo one\nwhile [ ! -e go ]; do sleep 0.05; done\necho two"),
    });
    await board.run(launchOf("a"));
    await until(() => (board.runs()[0]?.stdoutBytes ?? 0) >= 4);
    syncSessions(board.world, board.runs());
    writeFileSync(join(board.root, "sessions/a/engineer.md"), "---\nstate: done\n---\n\nForged.\n");
    writeFileSync(join(worktree(board), "go"), "");
    await board.over();
    syncSessions(board.world, board.runs());
    await collectAll(board);
    const text = board.read("sessions/a/engineer.md");
    expect(text).not.toContain("Forged");
    expect(text.match(/> (one|two)/g)).toEqual(["> one", "> two"]);
  });

  it("stays small however much is printed", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("seq 1 400000\necho the end") });
    await board.run(launchOf("a"));
    while (board.runs()[0]?.state !== "exited") {
      syncSessions(board.world, board.runs());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await collectAll(board);
    const text = board.read("sessions/a/engineer.md");
    expect(text.length).toBeLessThan(1024 * 1024);
    expect(text).toMatch(/> 1\n/);
    expect(text).toMatch(/\* \d+ lines of stdout and 0 of stderr left out here/);
    expect(text.trimEnd().endsWith("> the end")).toBe(true);
    const kept = text.slice(text.indexOf("## Activity")).match(/> \S/g)?.length ?? 0;
    const left = Number(/\* (\d+) lines/.exec(text)?.[1]);
    expect(kept + left).toBe(400_001);
  });

  it("is left alone while another branch is checked out", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("echo one\nsleep 300") });
    await board.run(launchOf("a"));
    await until(() => (board.runs()[0]?.stdoutBytes ?? 0) >= 4);
    rmSync(join(board.root, "sessions"), { recursive: true });
    await board.git("checkout", "-q", "-b", "elsewhere");
    syncSessions(board.world, board.runs());
    expect(existsSync(join(board.root, "sessions"))).toBe(false);
    await board.git("checkout", "-q", "main");
    syncSessions(board.world, board.runs());
    expect(readFileSync(join(board.root, "sessions/a/engineer.md"), "utf8")).toContain("> one");
  });
});
