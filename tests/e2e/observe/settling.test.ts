import { mkdirSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { observeOnce } from "../../../src/observe/observe-once.ts";
import { changesOf, lanesOf, lookAfresh, type ObservedBoard, observedBoard, taskOf } from "./observed-board.ts";

// The observer's clock stands a minute ahead of the files, so they have settled; fresh ones are given its time, or its clock
// stands behind them.
const FRESH = { aheadMs: -3_600_000 };

it("waits until a file that is being written has settled, and says when that is", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.look();
  board.write({ "board/planned/a.md": "# A, half" });
  setWritten(board.at("board/planned/a.md"), board.now());

  const early = await board.look("board/planned/a.md");

  expect(taskOf(early, "a").isSettled).toBe(false);
  expect(changesOf(early)).toEqual([]);
  expect(early.unsettledUntil).toBeGreaterThan(early.observedAt);
  expect(early.unsettledUntil).toBeLessThanOrEqual(early.observedAt + 50);
  board.later(50);
  const late = await board.look("nothing/else");
  expect(taskOf(late, "a").isSettled).toBe(true);
  expect(changesOf(late)).toEqual(["board/planned/a.md edited"]);
  expect(late.unsettledUntil ?? Number.POSITIVE_INFINITY).toBeGreaterThan(late.observedAt + 50);
});

it("gives an empty file time: a new one a second, an emptied one ten, for an editor may write it anew", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.look();
  board.write({ "board/planned/a.md": "", "board/planned/new.md": "" });
  for (const name of ["a", "new"]) setWritten(board.at(`board/planned/${name}.md`), board.now());
  const look = async (): Promise<string[]> => changesOf(await board.look("board/planned/a.md", "board/planned/new.md"));

  board.later(500);
  expect(await look()).toEqual([]);
  board.later(500);
  expect(await look()).toEqual(["board/planned/new.md new"]);
  board.later(9_000);
  expect(await look()).toContain("board/planned/a.md edited");
});

it("takes a file from the future as new when it is first seen", async () => {
  const board = await observedBoard({}, FRESH);
  await board.look();
  board.write({ "board/planned/a.md": "# A\n" });

  const seen = await board.look("board/planned/a.md");

  expect(taskOf(seen, "a").isSettled).toBe(false);
  expect(seen.unsettledUntil).toBe(seen.observedAt + 50);
  board.later(51);
  expect(changesOf(await board.look())).toEqual(["board/planned/a.md new"]);
});

it("needs two looks before a missing file counts as removed; until then the task stands, and nobody may act upon it", async () => {
  const board = await observedBoard({ "board/doing/a.md": "---\nassigned: A\n---\n" });
  await board.look();
  board.later(10_000);
  unlinkSync(board.at("board/doing/a.md"));

  const first = await board.look("board/doing/a.md");

  expect(changesOf(first)).toEqual([]);
  expect(taskOf(first, "a")).toMatchObject({ lane: "doing", isSettled: false, blobSha: null, task: { assigned: "A" } });
  expect(first.unsettledUntil).toBe(first.observedAt + 100);
  board.later(100);
  const second = await board.look("nothing/else");
  expect(changesOf(second)).toEqual(["board/doing/a.md removed"]);
  expect(second.tasks).toEqual([]);
});

it("does not take an editor between unlink and rename for a removal", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n" });
  await board.look();
  renameSync(board.at("board/doing/a.md"), board.at("board/doing/a.md~"));
  await board.look("board/doing/a.md");
  writeFileSync(board.at("board/doing/a.md"), "# A, saved\n");

  board.later(5_000);
  const snapshot = await board.look("board/doing/a.md");

  expect(changesOf(snapshot)).toEqual(["board/doing/a.md edited"]);
  expect(lanesOf(snapshot)).toEqual({ a: "doing" });
});

const IDS = ["a", "b", "c", "d"];
const FOUR = Object.fromEntries(IDS.map((id) => [`board/planned/${id}.md`, `# ${id}\n`]));

async function removed(...ids: string[]): Promise<ObservedBoard> {
  const board = await observedBoard(FOUR);
  await board.look();
  for (const id of ids) unlinkSync(board.at(`board/planned/${id}.md`));
  return board;
}

it("believes that two tasks were removed by hand", async () => {
  const board = await removed("a", "b");
  await board.look();
  board.later(100);
  const { repo, uncommitted } = await board.look();
  expect(repo.state).toBe("ready");
  expect(uncommitted).toHaveLength(2);
});

it("does not believe in a removal of three at once, also when one is back: until git says so, or all are", async () => {
  const board = await removed("a", "b", "c");
  for (const ms of [0, 100, 3_600_000]) {
    board.later(ms);
    const { repo, uncommitted, tasks } = await board.look();
    expect(tasks).toHaveLength(4);
    expect(repo).toMatchObject({ state: "operation", detail: expect.stringContaining("3 files are gone") });
    expect(uncommitted).toEqual([]);
  }
  // Whoever only looks is told as well.
  expect((await observeOnce(board.board, board.now)).repo.detail).toContain(
    "board/planned/a.md, board/planned/b.md, …",
  );
  board.write({ "board/planned/a.md": "# a\n" });
  expect((await board.look("board/planned/a.md")).repo.detail).toContain("2 files are gone");
  await board.git("add", "--all", "board/planned/b.md");
  // What is staged may be a checkout that is half done.
  await expect.poll(async () => (board.later(1_000), (await board.look()).repo.detail)).toContain("1 file is gone");
  board.write({ "board/planned/c.md": "# c\n" });
  await board.look("board/planned/c.md");
  board.later(100);
  const { repo, uncommitted, tasks } = await board.look();
  expect(repo.state).toBe("ready");
  expect(uncommitted.map(({ path }) => path)).toEqual(["board/planned/b.md"]);
  expect(tasks.map(({ id }) => id).toSorted()).toEqual(["a", "c", "d"]);
});

it("takes many that get other names for what they are", async () => {
  const board = await observedBoard(FOUR);
  await board.look();
  for (const id of IDS) renameSync(board.at(`board/planned/${id}.md`), board.at(`board/planned/new-${id}.md`));
  await board.look();
  board.later(1_000);
  const { repo, tasks } = await board.look();
  expect(repo.state).toBe("ready");
  expect(tasks.map(({ id }) => id)).toEqual(IDS.map((id) => `new-${id}`));
});

it("sees every file of a lane folder that was renamed and put back, or emptied and refilled", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n", "board/doing/b.md": "# B\n" });
  await board.look();

  renameSync(board.at("board/doing"), board.at("board/elsewhere"));
  expect(lanesOf(await board.look("board/doing"))).toEqual({ a: "doing", b: "doing" });
  renameSync(board.at("board/elsewhere"), board.at("board/doing"));
  board.later(1_000);
  expect(changesOf(await board.look("board/doing"))).toEqual([]);

  rmSync(board.at("board/doing"), { recursive: true });
  await board.look("board/doing");
  mkdirSync(board.at("board/doing"));
  board.write({ "board/doing/a.md": "# A\n", "board/doing/b.md": "# B\n", "board/doing/.gitkeep": "" });
  board.later(1_000);
  const back = await board.look("board/doing");
  expect(changesOf(back)).toEqual([]);
  expect(lanesOf(back)).toEqual({ a: "doing", b: "doing" });
});

it("follows a folder of tasks from lane to lane", async () => {
  const board = await observedBoard({ "board/planned/epic/a.md": "# A\n", "board/planned/epic/b.md": "# B\n" });
  await board.look();

  renameSync(board.at("board/planned/epic"), board.at("board/doing/epic"));
  const snapshot = await board.look("board/doing/epic");

  expect(lanesOf(snapshot)).toEqual({ a: "doing", b: "doing" });
  expect(changesOf(snapshot)).toHaveLength(4);
});

it("gives up the old place of a moved task only together with the new one", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.look();
  renameSync(board.at("board/planned/a.md"), board.at("board/doing/a.md"));
  writeFileSync(board.at("board/doing/a.md"), "# A, edited as it");
  setWritten(board.at("board/doing/a.md"), board.now());

  expect(changesOf(await board.look("board/planned/a.md"))).toEqual([]);
  board.later(50);
  expect(changesOf(await board.look("board/planned/a.md"))).toEqual([
    "board/doing/a.md new",
    "board/planned/a.md removed",
  ]);
});

it("a removal that happened while nobody looked is believed by a new observer as well", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n" });
  unlinkSync(board.at("board/doing/a.md"));

  const first = await lookAfresh(board);

  expect(taskOf(first, "a")).toMatchObject({ isSettled: false, task: { title: "A" } });
  await board.look();
  board.later(100);
  expect(changesOf(await board.look())).toEqual(["board/doing/a.md removed"]);
});

function setWritten(file: string, at: number): void {
  utimesSync(file, at / 1000, at / 1000);
}
