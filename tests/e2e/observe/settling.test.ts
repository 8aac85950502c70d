import { mkdirSync, renameSync, rmSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { changesOf, lanesOf, lookAfresh, observedBoard, taskOf } from "./observed-board.ts";

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
