import { appendFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { gitAt } from "../../helpers/git-repo.ts";
import { type LiveBoard, liveBoard, processesOf, shellTask, until } from "../../helpers/live-board.ts";
import { turnsOf } from "../../helpers/today.ts";

const APPEND = "echo two >> src/app.txt";
/** Runs until it is told to stop, and leaves something unsaved. */
const LONG = "echo half > half.txt\necho working\nsleep 300";

describe.each(["inline", "own-branch"] as const)("moves by hand are commands (%s)", (layout) => {
  const isTurn = turnsOf(layout === "inline" ? 0 : 3, 6);

  it.runIf(isTurn())("a file dropped into planned/ is worked on, checked and waits for review", async () => {
    const board = await liveBoard({ layout });
    await board.start();

    board.write("board/planned/add-two.md", shellTask(APPEND));
    await inLane(board, "add-two", "for_review");

    expect(board.read("sessions/add-two/engineer.md")).toContain("state: done");
    expect(board.read("sessions/add-two/engineer.md")).toMatch(/^cost_usd: 0(\.0+)?$/m);
    expect(board.read("sessions/add-two/checks.md")).toContain("verdict: clean");
    expect(await board.git("show", "kanband/add-two:src/app.txt")).toBe("one\ntwo");
    expect(await board.git("show", "main:src/app.txt")).toBe("one");
    expect(board.read("board/for_review/add-two.md")).not.toMatch(/^assigned:/m);
    await settled(board);
  });

  it.runIf(isTurn())(
    "planned → doing starts the task ahead of the queue, and it waits when no slot is free",
    async () => {
      const board = await liveBoard({ layout, settings: "slots: 1\nagent: shell\ngrace: 1s\n" });
      await board.start();
      board.write("board/planned/first.md", shellTask(LONG));
      await running(board, "first");
      board.write("board/planned/second.md", shellTask(APPEND));
      board.write("board/planned/third.md", shellTask("echo three > three.txt"));

      board.mv("third", "doing");
      await settled(board);
      expect(board.lane("third")).toBe("doing");
      expect(board.read("board/doing/third.md")).not.toMatch(/^assigned:/m);
      board.mv("first", "backlog");
      await inLane(board, "third", "for_review");
      await inLane(board, "second", "for_review");

      const log = await boardLog(board);
      expect(log.findIndex((it) => /Assign second/.test(it))).toBeLessThan(
        log.findIndex((it) => /Assign third/.test(it)),
      );
    },
  );

  it.runIf(isTurn()).each(["planned", "backlog", "blocked"] as const)(
    "a running task moved to %s is stopped, its work is kept, its slot is free",
    async (lane) => {
      const board = await liveBoard({ layout, settings: "slots: 1\nagent: shell\ngrace: 1s\npaused: false\n" });
      await board.start();
      board.write("board/planned/long.md", shellTask(LONG));
      await running(board, "long");
      if (lane === "planned") {
        board.write("board/board.md", "---\nslots: 1\nagent: shell\ngrace: 1s\npaused: true\n---\n");
        await settled(board);
      }

      board.mv("long", lane);
      await until("its processes are gone", () => agents(board).length === 0);
      await until("its session says so", () => /^state: stopped$/m.test(board.read("sessions/long/engineer.md")));
      await settled(board);

      expect(board.lane("long")).toBe(lane);
      await until("its slot is free", () => !/^assigned:/m.test(board.read(`board/${lane}/long.md`)));
      expect(await board.git("show", "kanband/long:half.txt")).toBe("half");
    },
  );

  it.runIf(isTurn())("a running task whose file is deleted is stopped and its work is kept", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/planned/long.md", shellTask(LONG));
    await running(board, "long");

    rmSync(join(board.boardRoot, "board/doing/long.md"));
    await until("its processes are gone", () => agents(board).length === 0);
    await until(
      "its work is kept",
      async () => (await board.git("log", "--all", "--format=%H", "--", "half.txt")) !== "",
    );
    await settled(board);

    expect(board.lanes("long")).toEqual([]);
  });

  it.runIf(isTurn())("so is one whose file is removed with git, in a commit", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/planned/long.md", shellTask(LONG));
    await running(board, "long");
    await settled(board);

    await gitAt(board.boardRoot)("rm", "--quiet", "-f", "board/doing/long.md");
    await gitAt(board.boardRoot)("commit", "--quiet", "--message", "Not this one");
    await until("its processes are gone", () => agents(board).length === 0);
    await settled(board);
    expect(board.lanes("long")).toEqual([]);
  });

  it.runIf(isTurn())("for_review → done accepts: the change is on the base, branch and worktree are gone", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/planned/add-two.md", shellTask(APPEND));
    await inLane(board, "add-two", "for_review");

    board.mv("add-two", "done");
    await until("it is merged", async () => (await board.git("show", "main:src/app.txt")) === "one\ntwo");
    await until("the branch is gone", async () => (await board.git("branch", "--list", "kanband/*")) === "");
    await settled(board);

    expect(board.lane("add-two")).toBe("done");
    await until("its keys are gone", () => !/^(branch|assigned|blocked):/m.test(board.read("board/done/add-two.md")));
    await until("nothing is left to commit", async () => (await board.git("status", "--porcelain")) === "");
    expect(await board.git("show", "HEAD:src/app.txt")).toBe("one\ntwo");
  });

  it.runIf(layout === "own-branch")("a branch that a person looks at is theirs until they leave it", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/planned/add-two.md", shellTask(APPEND));
    await inLane(board, "add-two", "for_review");
    await until("its worktree is free", async () => !(await board.git("worktree", "list")).includes("kanband/add-two"));
    await board.git("switch", "--quiet", "kanband/add-two");

    board.mv("add-two", "done");
    await until("it is merged", async () => (await board.git("show", "main:src/app.txt")) === "one\ntwo");
    await settled(board);
    await sleep(300);
    expect(await board.git("rev-parse", "HEAD")).toBe(await board.git("rev-parse", "refs/heads/kanband/add-two"));
    expect(await board.git("status", "--porcelain")).toBe("");

    await board.git("switch", "--quiet", "main");
    // Nobody watches the HEAD of the code; the next look at anything finds it.
    board.write("board/backlog/other.md", "# Other\n");
    await until("the branch is gone", async () => (await board.git("branch", "--list", "kanband/*")) === "");
  });

  it.runIf(isTurn())(
    "a merge that conflicts gets one rework run, then comes back to blocked/ with the files",
    async () => {
      const board = await liveBoard({ layout });
      await board.start();
      board.write("board/planned/mine.md", shellTask("[ -e seen ] || echo mine > src/app.txt\necho x >> seen"));
      await inLane(board, "mine", "for_review");
      board.write("board/planned/theirs.md", shellTask("echo theirs > src/app.txt"));
      await inLane(board, "theirs", "for_review");
      board.mv("theirs", "done");
      await until("the other is merged", async () => (await board.git("show", "main:src/app.txt")) === "theirs");

      board.mv("mine", "done");
      await until(
        "its rework is back for review",
        () => board.lane("mine") === "for_review" || board.lane("mine") === "blocked",
      );
      if (board.lane("mine") === "for_review") board.mv("mine", "done");
      await inLane(board, "mine", "blocked");

      expect(board.read("board/blocked/mine.md")).toMatch(/^blocked: .*src\/app\.txt/m);
      expect(await board.git("show", "main:src/app.txt")).toBe("theirs");
    },
  );

  it.runIf(isTurn()).each(["planned", "doing"] as const)(
    "for_review → %s asks for rework with what the person wrote",
    async (lane) => {
      const board = await liveBoard({ layout });
      await board.start();
      board.write("board/planned/add-two.md", shellTask(APPEND));
      await inLane(board, "add-two", "for_review");

      board.write(
        "board/for_review/add-two.md",
        shellTask("cat src/app.txt > seen.txt\necho three >> src/app.txt", "feedback: also three\n"),
      );
      board.mv("add-two", lane);
      await until(
        "the second run is over",
        () => board.lane("add-two") === "for_review" && /^attempt: 2$/m.test(session(board)),
      );

      expect(await board.git("show", "kanband/add-two:seen.txt")).toBe("one\ntwo");
      expect(await board.git("show", "kanband/add-two:src/app.txt")).toBe("one\ntwo\nthree");
      function session(it: LiveBoard): string {
        return it.read("sessions/add-two/engineer.md");
      }
    },
  );

  it.runIf(isTurn())("`lane: done` typed in an editor is the same command, and the key is removed", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/planned/add-two.md", shellTask(APPEND));
    await inLane(board, "add-two", "for_review");
    await settled(board);

    const text = board.read("board/for_review/add-two.md");
    board.write("board/for_review/add-two.md", text.replace("---\n", "---\nlane: done\n"));
    await until("it is merged", async () => (await board.git("show", "main:src/app.txt")) === "one\ntwo");
    await settled(board);

    expect(board.lane("add-two")).toBe("done");
    expect(board.read("board/done/add-two.md")).not.toMatch(/^lane:/m);
  });

  it.runIf(isTurn())("an unknown lane is a finding with a suggestion, and the key stays", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/backlog/odd.md", shellTask(APPEND));
    await settled(board);

    board.write("board/backlog/odd.md", shellTask(APPEND, "lane: dong\n"));
    await settled(board);

    expect(board.lane("odd")).toBe("backlog");
    expect(board.read("board/backlog/odd.md")).toContain("lane: dong");
  });

  it.runIf(isTurn())("the body edited while a run is in progress stays as edited, and the run goes on", async () => {
    const board = await liveBoard({ layout });
    await board.start();
    board.write("board/planned/slow.md", shellTask("echo two >> src/app.txt\nsleep 1.5\necho done"));
    await running(board, "slow");

    appendFileSync(join(board.boardRoot, "board/doing/slow.md"), "\nA remark typed meanwhile.\n");
    await inLane(board, "slow", "for_review");

    expect(board.read("board/for_review/slow.md")).toContain("A remark typed meanwhile.");
    expect(board.read("sessions/slow/engineer.md")).toContain("state: done");
  });
});

async function inLane(board: LiveBoard, id: string, lane: string): Promise<void> {
  await until(`${id} in ${lane}/`, () => board.lane(id) === lane && board.lanes(id).length === 1, {
    state: async () => `${id} is in ${board.lanes(id).join(", ")}\n${await describeBoard(board)}`,
  });
}

async function running(board: LiveBoard, id: string): Promise<void> {
  await until(
    `${id} runs`,
    () => existsSync(join(board.boardRoot, `sessions/${id}/engineer.md`)) && agents(board).length > 0,
    {
      state: async () => await describeBoard(board),
    },
  );
}

/** Everything under board/ is committed; the session file of a run in progress is not, while it grows. */
async function settled(board: LiveBoard): Promise<void> {
  const dir = board.boardRoot;
  await until(
    "everything is committed",
    async () => (await board.git("-C", dir, "status", "--porcelain", "--", "board")) === "",
    { state: async () => await describeBoard(board) },
  );
}

/** Processes that work in a task worktree. */
function agents(board: LiveBoard): number[] {
  return processesOf(join(board.root, ".kanband/worktrees"));
}

async function boardLog(board: LiveBoard): Promise<string[]> {
  return (await board.git("-C", board.boardRoot, "log", "--format=%s")).split("\n");
}

async function describeBoard(board: LiveBoard): Promise<string> {
  const status = await board.git("-C", board.boardRoot, "status", "--porcelain");
  const log = join(board.root, ".git/kanband/log/kanband.log");
  const tail = existsSync(log) ? readFileSync(log, "utf8").slice(-1_500) : "";
  return `${status}\n${(await boardLog(board)).slice(0, 15).join("\n")}\n${tail}`;
}
