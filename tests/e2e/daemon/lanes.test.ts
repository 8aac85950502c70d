import { cpSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import {
  agentsOf,
  boardCommitted,
  expectSound,
  inLane,
  sessionText,
  settled,
  soon,
  status,
} from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

const SETTINGS = "slots: 2\nagent: shell\ngrace: 1s\n";
const IDS = ["a", "b", "c", "d", "e", "f", "g"];
const LONG = "echo long > long.txt\necho working\nwhile [ ! -e ../../../.git/go ]; do sleep 0.1; done";

/** Tasks that wait in backlog/, and one that is being worked on. */
async function busyBoard(): Promise<LiveBoard> {
  const files = Object.fromEntries(IDS.map((id) => [`board/backlog/${id}.md`, `# Task ${id}\n`]));
  const board = await liveBoard({ settings: SETTINGS, files });
  await board.start();
  board.write("board/planned/long.md", shellTask(LONG));
  await soon(board, "the long one works", () => sessionText(board, "long").includes("working"));
  await boardCommitted(board);
  return board;
}

/** The board still does what it is for, and the run was left alone all the time. */
async function expectAtWork(board: LiveBoard): Promise<void> {
  board.write("board/planned/after.md", shellTask("echo after > after.txt"));
  await inLane(board, "after", "for_review");
  expect(agentsOf(board).length).toBeGreaterThan(0);
  board.write(".git/go", "");
  await inLane(board, "long", "for_review");
  await settled(board);
  expect(sessionText(board, "long")).toMatch(/^attempt: 1$/m);
  await expectSound(board);
}

describe("lanes that go and come back", () => {
  it("a lane renamed and back, deleted with all its tasks, and made again", async () => {
    const board = await busyBoard();
    const lane = join(board.boardRoot, "board/backlog");
    renameSync(lane, join(board.boardRoot, "board/later"));
    await soon(board, "the strange folder is named", async () => {
      return (await status(board)).findings.some(({ path }) => path === "board/later");
    });
    renameSync(join(board.boardRoot, "board/later"), lane);
    await soon(board, "all are back", async () => (await status(board)).counts.backlog === IDS.length);
    await boardCommitted(board);
    for (const id of IDS) expect(board.read(`board/backlog/${id}.md`)).toBe(`# Task ${id}\n`);

    rmSync(lane, { recursive: true });
    // So much at once may be what a checkout left that gave up.
    await soon(board, "git is to be told", async () => (await status(board)).repo.detail.includes("git was not told"));
    await board.git("commit", "--quiet", "--message", "Drop the backlog", "--", "board");
    await boardCommitted(board);
    expect((await status(board)).counts.backlog).toBe(0);
    expect(await board.git("log", "-p", "--format=", "--", "board/backlog")).toContain("Task g");

    mkdirSync(lane);
    board.write("board/backlog/new.md", "# New\n");
    await boardCommitted(board);
    await expectAtWork(board);
  });

  it("lanes that git empties and refills: a checkout of a commit without them, and back", async () => {
    const board = await busyBoard();
    const tasks = await board.git("ls-tree", "-r", "main", "board");
    for (let times = 0; times < 2; times += 1) {
      await board.git("checkout", "--quiet", "--detach", ":/Seed the board");
      expect((await status(board)).repo).toMatchObject({ state: "elsewhere", detail: expect.stringContaining("main") });
      await sleep(500);
      await board.git("checkout", "--quiet", "main");
      await soon(board, "it is ready", async () => (await status(board)).repo.state === "ready");
    }
    expect(await board.git("ls-tree", "-r", "main", "board")).toBe(tasks);
    await expectAtWork(board);
  });

  it("board/ replaced by a copy of it", async () => {
    const board = await busyBoard();
    const root = join(board.boardRoot, "board");
    const tasks = await board.git("ls-tree", "-r", "main", "board");
    renameSync(root, join(board.boardRoot, "old"));
    await sleep(500);
    cpSync(join(board.boardRoot, "old"), root, { recursive: true });
    rmSync(join(board.boardRoot, "old"), { recursive: true });
    await soon(board, "it is ready", async () => (await status(board)).repo.state === "ready");
    await boardCommitted(board);
    expect(await board.git("ls-tree", "-r", "main", "board")).toBe(tasks);
    await expectAtWork(board);
  });
});

describe("settings", () => {
  it("broken while running: the last good ones stay in force, and it is said; mended, the new ones count", async () => {
    const board = await liveBoard({ settings: SETTINGS });
    await board.start();
    board.write("board/planned/first.md", shellTask("echo 1 > 1.txt"));
    await inLane(board, "first", "for_review");

    board.write("board/board.md", "---\nslots: many\nagent: shell\n---\n");
    await soon(board, "it is said", async () => {
      return (await status(board)).findings.some(({ path, line, message }) => {
        return path === "board/board.md" && line === 2 && message.includes("slots");
      });
    });
    board.write("board/planned/second.md", shellTask("echo 2 > 2.txt"));
    await inLane(board, "second", "for_review");

    board.write("board/board.md", `---\n${SETTINGS}paused: "not now"\n---\n`);
    await soon(board, "the new ones count", async () => (await status(board)).paused === "not now");
    await boardCommitted(board);
    board.write("board/planned/third.md", shellTask("echo 3 > 3.txt"));
    await soon(board, "it says why it waits", async () => {
      return (await status(board)).tasks.find(({ id }) => id === "third")?.waiting?.includes("not now");
    });
    await boardCommitted(board);
    expect(board.lane("third")).toBe("planned");
  });

  it("broken at the start: the last good ones that were committed are in force, and it is said", async () => {
    const board = await liveBoard({ settings: "slots: [\n" });
    await board.start();
    board.write("board/planned/patient.md", shellTask("echo 1 > 1.txt"));
    await inLane(board, "patient", "for_review");
    await soon(board, "it is said", async () =>
      (await status(board)).findings.some(({ path }) => path === "board/board.md"),
    );

    board.write("board/board.md", `---\n${SETTINGS}---\n`);
    await soon(board, "it is forgotten once mended", async () => (await status(board)).findings.length === 0);
    await settled(board);
  });
});
