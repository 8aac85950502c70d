import { copyFileSync, renameSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { changesOf, lookAfresh, type ObservedBoard, observedBoard, taskOf } from "./observed-board.ts";

const PLAIN = "---\ntitle: A\n---\nDo it.\n";
const CLAIMED = "---\ntitle: A\nassigned: A\nattempt: 1\n---\nDo it.\n";

it("a stale buffer, saved back to where the task came from, is the older version", async () => {
  const board = await claimedBoard();
  writeFileSync(board.at("board/planned/a.md"), PLAIN);

  const view = taskOf(await board.look("board/planned/a.md"), "a");

  expect(view).toMatchObject({ path: "board/doing/a.md", lane: "doing" });
  expect(view.duplicates).toMatchObject([{ path: "board/planned/a.md", isOlderVersion: true }]);
  expect(view.duplicates[0]?.blobSha).toBe(await board.git("rev-parse", "HEAD~1:board/planned/a.md"));
});

it("it still is once somebody committed it", async () => {
  const board = await claimedBoard();
  writeFileSync(board.at("board/planned/a.md"), PLAIN);
  await board.git("add", "board");
  await board.git("commit", "-qm", "By accident");

  expect(taskOf(await lookAfresh(board), "a").duplicates).toMatchObject([
    { path: "board/planned/a.md", isOlderVersion: true },
  ]);
});

it("a stale buffer in which somebody typed is nobody's older version: a person decides, and both are kept", async () => {
  const board = await claimedBoard();
  writeFileSync(board.at("board/planned/a.md"), `${PLAIN}And this.\n`);

  const snapshot = await board.look("board/planned/a.md");

  expect(taskOf(snapshot, "a")).toMatchObject({ path: "board/doing/a.md", duplicates: [{ isOlderVersion: false }] });
  expect(changesOf(snapshot)).toEqual(["board/planned/a.md new"]);
  const finding = snapshot.findings.find(({ code }) => code === "TASK_DUPLICATE");
  expect(finding?.message).toContain("board/doing/a.md and board/planned/a.md");
});

it.each(["before", "after"])(
  "a move of ours that was cut short leaves the old place as the older version, %s the commit",
  async (when) => {
    const board = await observedBoard({ "board/planned/a.md": PLAIN });
    await board.look();
    writeFileSync(board.at("board/doing/a.md"), CLAIMED);
    if (when === "after") {
      await board.git("add", "board");
      await board.git("commit", "-qm", "Assign a");
    }

    const view = taskOf(await lookAfresh(board), "a");

    expect(view).toMatchObject({ path: "board/doing/a.md", lane: "doing" });
    expect(view.duplicates).toMatchObject([{ path: "board/planned/a.md", isOlderVersion: true }]);
  },
);

it("says nothing for a second, for it may be a copy and remove under way; then a person decides", async () => {
  const board = await observedBoard({ "board/planned/a.md": PLAIN }, { aheadMs: 0 });
  await board.look();
  copyFileSync(board.at("board/planned/a.md"), board.at("board/doing/a.md"));

  const early = await board.look("board/doing/a.md");
  board.later(60_000);
  const late = await board.look("nothing/else");

  expect(taskOf(early, "a")).toMatchObject({ lane: "planned", duplicates: [{ isOlderVersion: false }] });
  expect(changesOf(early)).toEqual([]);
  expect(early.unsettledUntil).not.toBeNull();
  expect(taskOf(late, "a").duplicates).toMatchObject([{ isOlderVersion: false }]);
  expect(changesOf(late)).toEqual(["board/doing/a.md new"]);
});

it("two committed files of one id are left to a person", async () => {
  const board = await observedBoard({ "board/planned/a.md": PLAIN, "board/doing/a.md": `${PLAIN}Other.\n` });

  const view = taskOf(await board.look(), "a");

  expect(view.duplicates).toMatchObject([{ isOlderVersion: false }]);
});

it("a running task keeps its lane while a copy lies elsewhere", async () => {
  const board = await claimedBoard();
  board.write({ "board/backlog/a.md": "# Another\n" });

  expect(taskOf(await board.look(), "a").lane).toBe("doing");
});

it("aliases, and names that some file systems take for one, are names too", async () => {
  const board = await observedBoard({
    "board/planned/a.md": "---\nid: WP1\n---\n# A\n",
    "board/doing/b.md": "---\nid: WP1\n---\n# B\n",
    "board/planned/WP1.md": "# C\n",
    "board/planned/Task.md": "# D\n",
    "board/doing/task.md": "# E\n",
  });

  const snapshot = await board.look();

  const twins = Object.fromEntries(snapshot.tasks.map((it) => [it.path, it.duplicates.map(({ path }) => path)]));
  expect(twins).toEqual({
    "board/planned/a.md": ["board/doing/b.md", "board/planned/WP1.md"],
    "board/doing/b.md": ["board/planned/WP1.md", "board/planned/a.md"],
    "board/planned/WP1.md": ["board/doing/b.md", "board/planned/a.md"],
    "board/planned/Task.md": ["board/doing/task.md"],
    "board/doing/task.md": ["board/planned/Task.md"],
  });
  renameSync(board.at("board/doing/task.md"), board.at("board/doing/other.md"));
  expect(taskOf(await board.look("board/doing/task.md", "board/doing/other.md"), "Task").duplicates).toEqual([]);
});

/** `a` was planned, then claimed: the board branch has it in doing/. */
async function claimedBoard(): Promise<ObservedBoard> {
  const board = await observedBoard({ "board/planned/a.md": PLAIN });
  await board.git("mv", "board/planned/a.md", "board/doing/a.md");
  writeFileSync(board.at("board/doing/a.md"), CLAIMED);
  await board.git("commit", "-qam", "Assign a");
  await board.look();
  return board;
}
