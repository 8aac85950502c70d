import { renameSync, unlinkSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { changesOf, countGit, lookAfresh, type ObservedBoard, observedBoard, taskOf } from "./observed-board.ts";

const MANY = Array.from({ length: 150 }, (_, at) => `old-${at}`);

it("knows accepted tasks by name only, until somebody needs more", async () => {
  const board = await manyDone();

  const snapshot = await board.look();

  expect(snapshot.tasks).toHaveLength(150);
  expect(taskOf(snapshot, "old-7")).toMatchObject({
    isNameOnly: true,
    task: null,
    blobSha: null,
    isSettled: true,
    findings: [],
  });
  expect(snapshot.uncommitted).toEqual([]);
});

it("finds what a person typed into accepted tasks while nobody looked", async () => {
  const board = await manyDone();
  board.write({
    "board/done/old-3.md": "# Typed\n",
    "board/done/new.md": "# New\n",
    "sessions/old-4/engineer.md": "notes\n",
  });
  unlinkSync(board.at("board/done/old-5.md"));

  await board.look();
  board.later(200);
  const snapshot = await board.look();

  expect(changesOf(snapshot)).toEqual([
    "board/done/new.md new",
    "board/done/old-3.md edited",
    "board/done/old-5.md removed",
    "sessions/old-4/engineer.md new",
  ]);
  expect(taskOf(snapshot, "old-3")).toMatchObject({ isNameOnly: false, task: { title: "Typed" } });
});

it("reads an accepted task once its file changes, or moves", async () => {
  const board = await manyDone();
  await board.look();
  writeFileSync(board.at("board/done/old-3.md"), "# Typed later\n");
  renameSync(board.at("board/done/old-4.md"), board.at("board/planned/old-4.md"));

  const snapshot = await board.look();

  expect(taskOf(snapshot, "old-3")).toMatchObject({ isNameOnly: false, task: { title: "Typed later" } });
  expect(taskOf(snapshot, "old-4")).toMatchObject({
    isNameOnly: false,
    lane: "planned",
    headPath: "board/done/old-4.md",
  });
  expect(changesOf(snapshot)).toEqual([
    "board/done/old-3.md edited",
    "board/done/old-4.md removed",
    "board/planned/old-4.md new",
  ]);
});

it("reads an accepted task as long as it has a branch, and says whether that is merged", async () => {
  const board = await manyDone();
  await board.look();
  await board.git("branch", "kanband/old-3");
  await board.git("branch", "kanband/old-4");
  await board.git("branch", "kanband/b");
  for (const [id, mergedAs] of RECORDED) {
    const tip = await unmergedCommit(board);
    await board.git("update-ref", `refs/heads/kanband/${id}`, tip);
    const record = `state: done\nverdict: merged\ncommit: ${tip}\nmerged_as: ${mergedAs(await board.git("rev-parse", "HEAD"))}`;
    board.write({ [`sessions/${id}/merge.md`]: `---\n${record}\n---\n` });
  }
  await board.git("update-ref", "refs/heads/kanband/old-4", await unmergedCommit(board));

  const snapshot = await board.look("sessions");

  expect(taskOf(snapshot, "old-3").isNameOnly).toBe(false);
  expect([...snapshot.branches].map(([id, it]) => [id, it.isMerged]).toSorted()).toEqual([
    ["b", null],
    ["old-3", true],
    ["old-4", false],
    // What was squashed is in the base, and its tip is not.
    ["old-5", true],
    ["old-6", false],
    ["old-7", false],
  ]);
});

it("reads accepted tasks to find an alias that somebody depends on", async () => {
  const board = await manyDone({ "board/done/aliased.md": "---\nid: WP-7\n---\n# X\n" });
  await board.look();
  board.write({ "board/planned/c.md": "---\ndependencies: [WP-7]\n---\n# C\n" });

  const snapshot = await board.look("board/planned/c.md");

  expect(taskOf(snapshot, "aliased").task?.aliases).toEqual(["WP-7"]);
});

it("says the same of the lanes, read or not", async () => {
  const board = await manyDone();
  const followed = await board.look();
  const fresh = await lookAfresh(board);

  expect(fresh.tasks.map(({ id, lane }) => [id, lane])).toEqual(followed.tasks.map(({ id, lane }) => [id, lane]));
});

it("asks once about all that wait to be merged, however many, when the base has moved", async () => {
  const calls = countGit();
  const board = await manyDone();
  for (let at = 0; at < 12; at++) {
    const tip = await board.git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", `Work ${at}`);
    await board.git("update-ref", `refs/heads/kanband/old-${at}`, tip);
  }
  await board.look();
  await board.git("merge", "--quiet", "--no-ff", "--message", "Merge", "kanband/old-3");
  const before = calls();

  const { branches } = await board.look();

  const merged = [...branches].filter(([, { isMerged }]) => isMerged === true);
  expect(merged.map(([id]) => id)).toEqual(["old-3"]);
  expect([...branches].filter(([, { isMerged }]) => isMerged === false)).toHaveLength(11);
  expect(calls() - before).toBeLessThan(6);
});

/** What the record of a merge says, of branches that the base does not hold. */
const RECORDED: readonly (readonly [id: string, mergedAs: (head: string) => string])[] = [
  ["old-5", (head) => head],
  ["old-6", (head) => "0".repeat(head.length)],
  ["old-7", () => "main"],
];

async function manyDone(more: Record<string, string> = {}): Promise<ObservedBoard> {
  return await observedBoard({
    ...Object.fromEntries(MANY.map((id) => [`board/done/${id}.md`, `# ${id}\n`])),
    ...more,
  });
}

async function unmergedCommit({ git }: ObservedBoard): Promise<string> {
  return await git("commit-tree", "-p", "HEAD", "-m", "Work", "HEAD^{tree}");
}
