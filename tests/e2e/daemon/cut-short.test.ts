import { readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import {
  agentsOf,
  boardCommitted,
  expectSound,
  inLane,
  kanband,
  sessionText,
  settled,
  soon,
  status,
} from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(3, 4);

const KILL = { KANBAND_FAILPOINTS: "git.commit.after-index=kill@1" };

describe("a daemon killed between the index and the branch", () => {
  it("the file moves on meanwhile: the next daemon leaves no trace of the old place in the index", async () => {
    const board = await killedInCommit();
    expect(await board.git("status", "--porcelain")).toBe("A  board/backlog/note.md");
    board.mv("note", "blocked");
    expect(await board.git("status", "--porcelain")).toMatch(/^AD board\/backlog\/note\.md$/m);

    await board.start();
    await settled(board);
    expect(await board.git("status", "--porcelain")).toBe("");
    expect(await board.git("ls-files", "board/backlog/note.md", "board/blocked/note.md")).toBe("board/blocked/note.md");
    await expectSound(board);
  });

  it("with nothing else to commit, too", async () => {
    const board = await killedInCommit();
    renameSync(join(board.root, "board/backlog/note.md"), join(board.root, ".git/note.md"));
    const head = await board.git("rev-parse", "HEAD");
    await board.start();
    await settled(board);
    expect(await board.git("status", "--porcelain")).toBe("");
    expect(await board.git("rev-parse", "HEAD")).toBe(head);
  });

  it("what a person removes stays removed, its text is kept on a ref; what a reset takes comes back", async () => {
    const board = await killedInCommit();
    await board.git("rm", "--quiet", "--force", "board/backlog/note.md");
    const daemon = await board.start();
    const kept = "refs/kanband/preserved/note/1:board/backlog/note.md";
    await soon(board, "its text is kept", async () => (await board.git("show", kept).catch(String)) === "# A note");
    board.write("board/backlog/other.md", "# Another note\n");
    await settled(board);
    expect(board.lanes("note")).toEqual([]);
    await daemon.stop();

    board.write("board/backlog/third.md", "# A third note\n");
    expect(await (await board.start({ env: KILL, isDoomed: true })).ended).toBe(null);
    await board.git("reset", "--quiet", "--hard");
    expect(board.lanes("third")).toEqual([]);
    await board.start();
    await soon(board, "what the reset took is back", () => board.lane("third") === "backlog");
    await settled(board);
    expect(await board.git("show", "main:board/backlog/third.md")).toBe("# A third note");
    expect(await board.git("for-each-ref", "refs/kanband/preserved/third")).toBe("");
    await expectSound(board);
  });

  it("what the person staged there since stays as it is", async () => {
    const board = await killedInCommit();
    writeFileSync(join(board.root, "mine.txt"), "mine\n");
    writeFileSync(join(board.root, "board/backlog/note.md"), "# Another note\n");
    await board.git("add", "mine.txt", "board/backlog/note.md");
    const staged = await board.git("rev-parse", ":board/backlog/note.md");
    await board.start();
    await settled(board);
    expect(await board.git("rev-parse", "HEAD:board/backlog/note.md")).toBe(staged);
    expect(await board.git("status", "--porcelain")).toBe("A  mine.txt");
  });
});

describe("what nobody can write", () => {
  it("a full disk keeps no run going that a person stopped, and no daemon that is asked to end", async () => {
    const board = await liveBoard();
    const first = await board.start();
    board.write("board/planned/a.md", shellTask("echo working\nsleep 600"));
    await soon(board, "it works", () => sessionText(board, "a").includes("working"));
    await boardCommitted(board);
    first.kill("SIGKILL");
    await first.ended;
    const full = await board.start({ env: { KANBAND_FAILPOINTS: "apply.commit.before-commit=ENOSPC" } });
    board.mv("a", "backlog");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    expect((await kanband(board.root, ["down", "--stop-runs"])).exitCode).toBe(0);
    expect(await full.ended).toBe(0);
  });

  it("a run whose record is torn keeps its task, and no second agent comes beside it", async () => {
    const board = await liveBoard();
    const first = await board.start();
    board.write("board/planned/a.md", shellTask("echo working\nwhile [ ! -e ../../../.git/go ]; do sleep 0.1; done"));
    await soon(board, "it works", () => sessionText(board, "a").includes("working"));
    await boardCommitted(board);
    first.kill("SIGKILL");
    await first.ended;
    const runs = join(board.root, ".git/kanband/runs");
    const [run = ""] = readdirSync(runs).filter((it) => it.startsWith("a."));
    writeFileSync(join(runs, run, "record.json"), "{ torn");
    await board.start();
    await soon(board, "it is named", async () =>
      (await status(board)).findings.some(({ message }) => message.includes(`the record of run ${run} cannot be read`)),
    );
    await sleep(300);
    expect(readdirSync(runs).filter((it) => it.startsWith("a."))).toEqual([run]);
    writeFileSync(join(board.root, ".git/go"), "");
    await inLane(board, "a", "blocked");
  });

  it("checks that end their own supervisor are not begun anew for ever", async () => {
    const board = await liveBoard({ settings: 'agent: shell\ngrace: 1s\nverify: ["kill -9 0"]\n' });
    board.write("board/planned/a.md", shellTask("echo x > x.txt"));
    await board.start();
    await inLane(board, "a", "blocked");
    expect(board.read("board/blocked/a.md")).toContain("its checks were lost 3 times in a row");
  });
});

/** A board whose daemon staged a new file and died. */
async function killedInCommit(): Promise<LiveBoard> {
  const board = await liveBoard();
  board.write("board/backlog/note.md", "# A note\n");
  const daemon = await board.start({ env: KILL, isDoomed: true });
  expect(await daemon.ended).toBe(null);
  return board;
}
