import { expect, it } from "vitest";
import { applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";

it("a task is run, checked, merged and its branch dropped", async () => {
  const board = await applyBoard({
    "board/doing/add-two.md": claimedTask(
      "echo two >> src/app.txt\necho all done",
      "verify: [grep -q two src/app.txt]\n",
    ),
  });

  await runToEnd(board, launchOf("add-two"));
  expect(board.read("sessions/add-two/engineer.md")).toMatch(/state: done[\s\S]*all done/);
  await board.commit();
  await board.run({ kind: "check", taskId: "add-two", slot: "A", attempt: 1 });
  await board.over();
  await collectAll(board);
  expect(board.read("sessions/add-two/checks.md")).toMatch(/state: done\nverdict: clean[\s\S]*exit 0/);
  await board.commit();
  await board.git("mv", "board/doing/add-two.md", "board/done/add-two.md");
  await board.commit();
  await board.run({ kind: "merge", taskId: "add-two" });
  await board.over();
  await collectAll(board);

  expect(board.read("sessions/add-two/merge.md")).toMatch(/verdict: merged/);
  expect(board.read("src/app.txt")).toBe("one\ntwo\n");
  await board.commit();
  expect(await board.git("status", "--porcelain")).toBe("");
  const sha = await board.git("rev-parse", "kanband/add-two");
  await board.run({ kind: "release", taskId: "add-two", worktree: "w1" });
  await board.run({ kind: "drop-branch", taskId: "add-two", sha });
  expect(await board.git("branch", "--list", "kanband*")).toBe("");
  expect(await board.git("log", "-1", "--format=%s%n%b", "--grep=Merge add-two")).toMatch(
    /Merge add-two: Do it[\s\S]*sessions\/add-two\/engineer\.md[\s\S]*Task: add-two[\s\S]*Persona: engineer/,
  );
  expect(board.complaints).toEqual([]);
});
