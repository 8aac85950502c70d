import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import {
  agentsOf,
  boardCommitted,
  expectSound,
  inLane,
  inState,
  sessionText,
  settled,
  soon,
} from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(2, 4);

const FIXTURES = new URL("../../fixtures/agents", import.meta.url).pathname;

/** Settings in which each named fixture is an agent. */
function settings(more: string, ...fixtures: readonly string[]): string {
  const agents = fixtures.map((it) => `  ${it}: { command: [${FIXTURES}/${it}.sh] }\n`).join("");
  return `agent: shell\ngrace: 1s\n${more}agents:\n${agents === "" ? "  none: { command: [none] }\n" : agents}`;
}

const ONCE = "retry: { limit: 0 }\nrework: { limit: 0 }\n";

function taskFor(agent: string, keys = ""): string {
  return `---\nagent: ${agent}\n${keys}---\n# Work\n`;
}

/** Whether any commit that a ref holds has this file. */
async function isKept(board: LiveBoard, path: string): Promise<boolean> {
  return (await board.git("log", "--all", "--format=%H", "--", path)) !== "";
}

describe("agents that fail or do not end", () => {
  it("exit 1: two retries, then blocked with the reason, each attempt's work on a preserved ref", async () => {
    const board = await liveBoard({ settings: settings("retry: { limit: 2, base: 50ms, max: 1s }\n") });
    await board.start();
    const script = `echo start >> ${board.root}/.git/journal\necho half > half.txt\nexit 1`;
    board.write("board/planned/bad.md", shellTask(script));

    await inLane(board, "bad", "blocked");
    await settled(board);

    expect(readFileSync(join(board.root, ".git/journal"), "utf8").trim().split("\n")).toHaveLength(3);
    const text = board.read("board/blocked/bad.md");
    expect(text).toMatch(/^blocked: .*failed 3 times: .*exit/m);
    expect(text).not.toMatch(/^assigned:/m);
    const refs = (await board.git("for-each-ref", "--format=%(refname)", "refs/kanband/preserved/bad")).split("\n");
    expect(refs.length).toBeGreaterThanOrEqual(1);
    expect(await board.git("show", `${refs[0] ?? ""}:half.txt`)).toBe("half");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    await expectSound(board);
  });

  it("one that hangs, ignores SIGTERM or has children in sessions of their own is ended, and nothing outlives it", async () => {
    const names = ["never-exits", "ignores-sigterm", "forks-setsid-child-and-waits"];
    const board = await liveBoard({
      settings: settings(`slots: 5\n${ONCE}`, ...names, "forks-setsid-child", "edits-file"),
    });
    await board.start();
    for (const name of names) board.write(`board/planned/${name}.md`, taskFor(name, "timeout: 1s\n"));
    board.write("board/planned/forks.md", taskFor("forks-setsid-child"));
    board.write("board/planned/good.md", taskFor("edits-file"));

    for (const name of names) await inLane(board, name, "blocked");
    await inLane(board, "forks", "for_review");
    await inLane(board, "good", "for_review");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    await settled(board);

    for (const name of names) {
      expect(board.read(`board/blocked/${name}.md`)).toMatch(/^blocked: .*(longest time|time limit)/m);
      expect(sessionText(board, name)).toMatch(/^failure: agent$/m);
    }
    expect(await isKept(board, "child.pid")).toBe(true);
    expect(await board.git("show", "kanband/good:work.txt")).toBe("a line");
  });

  it("one that writes a gigabyte is ended at the cap, and its session stays small", async () => {
    const board = await liveBoard({ settings: settings(ONCE, "writes-1gb") });
    await board.start();
    board.write("board/planned/loud.md", taskFor("writes-1gb"));

    await inLane(board, "loud", "blocked");
    await settled(board);

    expect(board.read("board/blocked/loud.md")).toMatch(/^blocked: .*printed more than/m);
    expect(statSync(join(board.boardRoot, "sessions/loud/engineer.md")).size).toBeLessThan(1024 * 1024);
    await soon(board, "its spool is gone", () => readdirSync(join(board.root, ".git/kanband/runs")).length === 0);
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
  });
});

describe("agents that go where they should not", () => {
  it("in their own worktree: delete it, commit, reset, leave the branch, make board files", async () => {
    const names = ["deletes-worktree", "commits", "switches-branch", "edits-board"];
    const board = await liveBoard({ settings: settings(`slots: 3\n${ONCE}`, ...names) });
    const main = await board.git("rev-parse", "main:src");
    await board.start();
    for (const name of names) board.write(`board/planned/${name}.md`, taskFor(name));
    board.write(
      "board/planned/resets.md",
      shellTask("if [ -e first.txt ]; then git reset -q --hard HEAD~1; else echo 1 > first.txt; fi"),
    );

    await inLane(board, "resets", "for_review");
    board.mv("resets", "planned");
    await inLane(board, "deletes-worktree", "blocked");
    await inLane(board, "edits-board", "blocked");
    await inLane(board, "commits", "for_review");
    await soon(board, "the one that left its branch is through", () => {
      return board.lane("switches-branch") === "for_review" || board.lane("switches-branch") === "blocked";
    });
    await soon(board, "the one that reset is through again", () => {
      return board.lane("resets") !== "planned" && board.lane("resets") !== "doing";
    });
    await settled(board);

    expect(await board.git("show", "kanband/commits:work.txt")).toBe("a line");
    expect(await isKept(board, "work.txt")).toBe(true);
    expect(await isKept(board, "first.txt")).toBe(true);
    expect(board.read("board/blocked/edits-board.md")).toMatch(/^blocked: .*board\//m);
    expect(existsSync(join(board.root, "board/done/mine.md"))).toBe(false);
    expect(existsSync(join(board.root, "sessions/other"))).toBe(false);
    expect(await board.git("rev-parse", "main:src")).toBe(main);
    await expectSound(board);

    board.write("board/planned/after.md", taskFor("commits"));
    await inLane(board, "after", "for_review");
  });

  it("one that moves main: put back, kept on a preserved ref, and the run fails loudly", async () => {
    const board = await liveBoard({ settings: settings(`slots: 1\n${ONCE}`, "moves-main", "edits-file") });
    await board.start();
    board.write("board/planned/mover.md", taskFor("moves-main"));

    await inLane(board, "mover", "blocked");
    await settled(board);

    expect(board.read("board/blocked/mover.md")).toMatch(/^blocked: .*moved refs\/heads\/main/m);
    expect(sessionText(board, "mover")).toMatch(/^state: failed$/m);
    expect(await board.git("ls-tree", "--name-only", "main")).not.toContain("work.txt");
    expect(await isKept(board, "work.txt")).toBe(true);
    expect(await board.git("log", "--format=%an", "main")).not.toMatch(/^agent$/m);
    expect(await board.git("status", "--porcelain")).toBe("");

    board.write("board/planned/good.md", taskFor("edits-file"));
    await inLane(board, "good", "for_review");
    await expectSound(board);
  });

  it("one that writes through the user's checkout: no committed text is lost, sessions are put back or written anew", async () => {
    const board = await liveBoard({ settings: settings(`slots: 2\n${ONCE}`) });
    await board.start();
    board.write("board/planned/first.md", shellTask("echo 1 > 1.txt\necho the first answer"));
    await inLane(board, "first", "for_review");
    await settled(board);
    const said = sessionText(board, "first");
    board.write("board/backlog/theirs.md", "# Mine to write\n");
    const script = 'echo "line 1"; echo 2 > 2.txt; while [ ! -e ../../../.git/go ]; do sleep 0.1; done; echo "line 2"';
    board.write("board/planned/second.md", shellTask(script));
    await soon(board, "the second has said something", () => sessionText(board, "second").includes("line 1"));

    board.write(
      "board/planned/forger.md",
      shellTask(
        "cd ../../..\necho forged > sessions/first/engineer.md\necho forged > sessions/second/engineer.md\n" +
          "echo forged >> board/backlog/theirs.md\ntouch .git/go",
      ),
    );
    await inLane(board, "second", "for_review");
    await inState(board, "forger", "done");
    // It may have been a person, so that nobody is blamed; whoever ran at that time tells where the text is.
    const told = [sessionText(board, "forger"), sessionText(board, "second")];
    expect(told.join("\n")).toContain("sessions/first/engineer.md");
    expect(sessionText(board, "first")).toBe(said);
    await boardCommitted(board);

    const second = sessionText(board, "second");
    expect(second).toMatch(/^state: done$/m);
    expect(second).toMatch(/line 1\n.*line 2\n/);
    expect(second).not.toContain("forged");
    const versions = (await board.git("log", "--format=%H", "main", "--", "sessions/first/engineer.md")).split("\n");
    const texts = await Promise.all(versions.map((it) => board.git("show", `${it}:sessions/first/engineer.md`)));
    expect(texts).toContain(said.trimEnd());
    expect(await board.git("log", "-p", "--format=", "main", "--", "board/backlog/theirs.md")).toContain(
      "Mine to write",
    );
  });
});
