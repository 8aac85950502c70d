import { readFileSync, renameSync, unlinkSync } from "node:fs";
import { expect, it } from "vitest";
import { createObserver } from "../../../src/observe/observer.ts";
import { changesOf, lanesOf, lookAfresh, observedBoard, taskOf } from "./observed-board.ts";

it("sees tasks as they are on disk and on the board branch", async () => {
  const board = await observedBoard({
    "board/planned/a.md": "---\ntitle: First\n---\n",
    "board/doing/epic/b.md": "# Second\n",
    "board/done/2026-11/c.md": "# Third\n",
  });

  const snapshot = await board.look();

  expect(snapshot.repo).toMatchObject({ state: "ready", detail: "", boardBranch: "main" });
  expect(snapshot.repo.headSha).toBe(await board.git("rev-parse", "HEAD"));
  expect(snapshot.repo.baseSha).toBe(snapshot.repo.headSha);
  expect(lanesOf(snapshot)).toEqual({ a: "planned", b: "doing", c: "done" });
  const a = taskOf(snapshot, "a");
  expect(a).toMatchObject({
    path: "board/planned/a.md",
    headPath: "board/planned/a.md",
    isSettled: true,
    duplicates: [],
  });
  expect(a.blobSha).toBe(await board.git("rev-parse", "HEAD:board/planned/a.md"));
  expect(a.headSha).toBe(a.blobSha);
  expect(a.task?.title).toBe("First");
  expect(snapshot.uncommitted).toEqual([]);
});

it("takes a move for what it is at once, whichever half of it was heard of", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" }, { aheadMs: 100 });
  await board.look();

  for (const [from, to, heard] of [
    ["planned", "doing", "planned"],
    ["doing", "blocked", "blocked"],
  ]) {
    renameSync(board.at(`board/${from}/a.md`), board.at(`board/${to}/a.md`));
    const snapshot = await board.look(`board/${heard}/a.md`);

    expect(taskOf(snapshot, "a")).toMatchObject({
      lane: to,
      headPath: "board/planned/a.md",
      isSettled: true,
      duplicates: [],
    });
    expect(changesOf(snapshot)).toEqual([`board/${to}/a.md new`, "board/planned/a.md removed"].toSorted());
  }
});

it("notices what nobody told it of, in the next sweep", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n", "board/planned/b.md": "# B\n" });
  await board.look();
  board.write({ "board/planned/a.md": "# A, edited\n", "board/backlog/c.md": "# C\n" });
  unlinkSync(board.at("board/planned/b.md"));

  const deaf = await board.look("board/doing/z.md");
  const swept = await board.look();

  expect(changesOf(deaf)).toEqual([]);
  expect(changesOf(swept)).toEqual(["board/backlog/c.md new", "board/planned/a.md edited"]);
  board.later(200);
  expect(changesOf(await board.look())).toContain("board/planned/b.md removed");
});

it("forgets a difference once it is committed, by whomever", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.look();
  board.write({ "board/planned/a.md": "# A, edited\n" });
  expect(changesOf(await board.look("board/planned/a.md"))).toEqual(["board/planned/a.md edited"]);

  await board.git("commit", "-qam", "Edit a");
  board.later(1_000);
  const snapshot = await board.look("board/doing/z.md");

  expect(changesOf(snapshot)).toEqual([]);
  expect(taskOf(snapshot, "a").headSha).toBe(await board.git("rev-parse", "HEAD:board/planned/a.md"));
});

it("sees what a pull brings, although nobody told of the files", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.look();
  board.write({ "board/planned/b.md": "# B\n" });
  await board.git("add", "board");
  await board.git("mv", "board/planned/a.md", "board/done/a.md");
  await board.git("commit", "-qm", "Work of another clone");

  board.later(1_000);
  const snapshot = await board.look("board/doing/z.md");

  expect(lanesOf(snapshot)).toEqual({ a: "done", b: "planned" });
  expect(changesOf(snapshot)).toEqual([]);
});

it("counts notes and settings and .gitkeep in, and editors' leftovers out", async () => {
  const board = await observedBoard({ "board/README.md": "# Board\n" });
  board.write({
    "board/README.md": "# The board\n",
    "board/board.md": "slots\n",
    "board/doing/README.md": "# Notes\n",
    "board/doing/.#a.md": "",
    "board/doing/a.md~": "",
    "board/doing/4913": "",
    "board/doing/a.md.swp": "",
    "board/doing/.kanband-1234.tmp": "half",
    "board/doing/picture.png": "",
    "sessions/.gitkeep": "",
  });
  unlinkSync(board.at("board/planned/.gitkeep"));
  await board.look();
  board.later(200);

  const snapshot = await board.look();

  expect(snapshot.tasks).toEqual([]);
  expect(changesOf(snapshot)).toEqual([
    "board/README.md edited",
    "board/board.md new",
    "board/doing/README.md new",
    "board/planned/.gitkeep removed",
  ]);
});

it("keeps what it answered: a later look does not change an earlier snapshot", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  const before = await board.look();
  const copy = structuredClone(before);

  board.write({ "board/planned/a.md": "# Other\n", "board/planned/b.md": "# B\n", "personas/p.md": "p\n" });
  await board.look();

  expect(before).toEqual(copy);
});

it("reads a repository with SHA-256 ids", async () => {
  const { gitRepo } = await import("../../helpers/git-repo.ts");
  const { openBoard } = await import("../../../src/observe/open-board.ts");
  const { root, git } = await gitRepo({ "board/planned/a.md": "# A\n" }, { format: "sha256" });
  const board = await openBoard(root);
  const observer = createObserver({ ...board, clock: () => Date.now() + 60_000 });

  const snapshot = await observer.observe("all", { jobs: [], isDraining: false });
  await board.close();

  expect(taskOf(snapshot, "a").blobSha).toBe(await git("rev-parse", "HEAD:board/planned/a.md"));
  expect(snapshot.uncommitted).toEqual([]);
});

it("asks whether a wish for a lane is fresh of the branch, at the same path", async () => {
  const board = await observedBoard({
    "board/planned/a.md": "---\nlane: done\n---\n",
    "board/planned/b.md": "---\nlane: done\n---\n",
    "board/planned/c.md": "# C\n",
  });
  await board.look();
  board.write({ "board/planned/b.md": "---\nlane: blocked\n---\n", "board/planned/c.md": "---\nlane: done\n---\n" });
  board.write({ "board/planned/d.md": "---\nlane: done\n---\n" });
  renameSync(board.at("board/planned/a.md"), board.at("board/doing/a.md"));

  const snapshot = await board.look();

  expect(snapshot.tasks.map((it) => [it.id, it.task?.laneRequest, it.headLaneRequest]).toSorted()).toEqual([
    ["a", "done", undefined],
    ["b", "blocked", "done"],
    ["c", "done", null],
    ["d", "done", undefined],
  ]);
});

it("knows when a task came into its lane: from git at first, then by seeing it move", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n", "board/backlog/b.md": "# B\n" });
  const committedAt = Number(await board.git("log", "-1", "--format=%ct")) * 1000;
  const first = await board.look();
  expect(taskOf(first, "a").enteredAt).toBeNull();
  expect(first.unsettledUntil).not.toBeNull();

  await expect.poll(async () => taskOf(await board.look("x"), "a").enteredAt).toBe(committedAt);
  renameSync(board.at("board/backlog/b.md"), board.at("board/planned/b.md"));
  const moved = await board.look("board/planned/b.md");

  expect(taskOf(moved, "b").enteredAt).toBe(moved.observedAt);
  expect(taskOf(await board.look(), "b").enteredAt).toBe(moved.observedAt);
});

it("asks git of accepted tasks, too, when they came, as long as they are not merged", async () => {
  const board = await observedBoard({ "board/done/a.md": "# A\n" });
  await board.git("switch", "--quiet", "--create", "kanband/a");
  await board.git("commit", "--quiet", "--allow-empty", "--message", "Work");
  await board.git("switch", "--quiet", "main");
  const committedAt = Number(await board.git("log", "-1", "--format=%ct")) * 1000;
  const first = await board.look();
  expect(first.areAgesKnown).toBe(false);
  expect(taskOf(first, "a").enteredAt).toBeNull();
  await expect.poll(async () => (await board.look("x")).areAgesKnown).toBe(true);
  expect(taskOf(await board.look("x"), "a").enteredAt).toBe(committedAt);
});

it("never writes: the repository is the same, byte for byte, after a look", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  board.write({ "board/planned/a.md": "# Edited\n", "board/planned/b.md": "# B\n" });
  const state = async () => [
    await board.git("status", "--porcelain", "--ignored"),
    await board.git("for-each-ref"),
    readFileSync(board.at(".git/index")).toString("hex"),
  ];
  const before = await state();

  await board.look();
  await lookAfresh(board);

  expect(await state()).toEqual(before);
});
