import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { observedBoard } from "./observed-board.ts";

it("sees tasks as they are on disk and on the board branch", async () => {
  const board = await observedBoard({
    "board/planned/a.md": "---\ntitle: First\n---\n",
    "board/doing/b.md": "# Second\n",
    "board/done/c.md": "# Third\n",
  });

  const snapshot = await board.look();

  expect(snapshot.repo).toMatchObject({ state: "ready", detail: "", boardBranch: "main" });
  expect(board.lanes(snapshot)).toEqual({ a: "planned", b: "doing", c: "done" });
  const a = snapshot.tasks.find(({ id }) => id === "a");
  expect(a).toMatchObject({
    id: "a",
    headPath: "board/planned/a.md",
    isSettled: true,
    isNameOnly: false,
    duplicates: [],
  });
  expect(a?.blobSha).toBe(a?.headSha);
  expect(a?.task?.title).toBe("First");
  expect(snapshot.uncommitted).toEqual([]);
  expect(snapshot.unsettledUntil).toBeNull();
});

it("sees a move at once, whichever half of it was heard of", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n", "board/doing/.gitkeep": "" });
  await board.look();

  renameSync(join(board.root, "board/planned/a.md"), join(board.root, "board/doing/a.md"));
  const snapshot = await board.look("board/planned/a.md");

  expect(board.lanes(snapshot)).toEqual({ a: "doing" });
  expect(snapshot.tasks[0]).toMatchObject({
    path: "board/doing/a.md",
    headPath: "board/planned/a.md",
    isSettled: true,
  });
  expect(snapshot.uncommitted.map(({ path, blobSha }) => [path, blobSha === null])).toEqual(
    expect.arrayContaining([
      ["board/doing/a.md", false],
      ["board/planned/a.md", true],
    ]),
  );
});
