import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { gitAt, gitRepo, writeFiles } from "../../helpers/git-repo.ts";
import {
  type ApplyBoard,
  applyBoard,
  claimedTask,
  collectAll,
  LANES,
  launchOf,
  openApplyBoard,
  PERSONAS,
  runToEnd,
} from "./apply-board.ts";

const TASK = claimedTask("echo two >> src/app.txt\necho all done", "verify: [grep -q two src/app.txt]\n");

/** The three folders on a branch of their own, checked out at `kanban/`. */
async function ownBranchBoard(task = TASK): Promise<ApplyBoard> {
  const { root, git } = await gitRepo({ "src/app.txt": "one\n" });
  const empty = await git(
    "commit-tree",
    "-m",
    "Start the board",
    await git("hash-object", "-t", "tree", "-w", "/dev/null"),
  );
  await git("update-ref", "refs/heads/kanban", empty);
  await git("worktree", "add", "-q", "kanban", "kanban");
  await git("symbolic-ref", "refs/kanband/board", "refs/heads/kanban");
  const files = { ...LANES, ...PERSONAS, "board/board.md": "", "board/doing/add-two.md": task };
  writeFiles(join(root, "kanban"), files);
  const inBoard = gitAt(join(root, "kanban"));
  await inBoard("add", "--all");
  await inBoard("commit", "-qm", "Seed the board");
  return await openApplyBoard(root);
}

it.each([
  ["inline", () => applyBoard({ "board/doing/add-two.md": TASK })],
  ["own-branch", () => ownBranchBoard()],
] as const)("a task is run, checked, merged and its branch dropped (%s)", async (layout, make) => {
  const board = await make();
  expect(board.world.layout).toBe(layout);
  await runToEnd(board, launchOf("add-two"));
  expect(board.read("sessions/add-two/engineer.md")).toMatch(
    /state: done[\s\S]*touched: \["src\/app.txt"\][\s\S]*all done/,
  );
  await board.commit();
  await board.run({ kind: "check", taskId: "add-two", slot: "A", attempt: 1 });
  await board.over();
  await collectAll(board);
  expect(board.read("sessions/add-two/checks.md")).toMatch(/state: done\nverdict: clean[\s\S]*exit 0/);
  await board.commit();
  await gitAt(board.world.boardRoot)("mv", "board/doing/add-two.md", "board/done/add-two.md");
  await board.commit();
  await board.run({ kind: "merge", taskId: "add-two" });
  await board.over();
  await collectAll(board);

  expect(board.read("sessions/add-two/merge.md")).toMatch(/verdict: merged/);
  expect(readFileSync(join(board.root, "src/app.txt"), "utf8")).toBe("one\ntwo\n");
  await board.commit();
  expect(await board.git("status", "--porcelain")).toBe("");
  expect(await gitAt(board.world.boardRoot)("status", "--porcelain")).toBe("");
  const sha = await board.git("rev-parse", "kanband/add-two");
  await board.run({ kind: "release", taskId: "add-two", worktree: "w1" });
  await board.run({ kind: "drop-branch", taskId: "add-two", sha });
  expect(await board.git("branch", "--list", "kanband*")).toBe("");
  expect(await board.git("log", "-1", "--format=%s%n%b", "--grep=Merge add-two")).toMatch(
    /Merge add-two: Do it[\s\S]*sessions\/add-two\/engineer\.md[\s\S]*Task: add-two[\s\S]*Persona: engineer/,
  );
  expect(board.read("sessions/add-two/context.md").match(/^## .*/gm)).toEqual([
    "## Attempt 1",
    "## End of attempt 1",
    "## Checks of attempt 1",
    "## Merge of attempt 1",
  ]);
  expect(board.complaints).toEqual([]);
});

it("a branch never brings a file into the board, where that is checked out within the code", async () => {
  const commit = "git add -f kanban Kanban; git commit -qm more";
  const script = `mkdir -p kanban/board/planned Kanban; echo x | tee kanban/board/planned/more.md Kanban/x; ${commit}`;
  const board = await ownBranchBoard(claimedTask(script));
  await runToEnd(board, launchOf("add-two"));
  await board.commit();
  await board.run({ kind: "check", taskId: "add-two", slot: "A", attempt: 1 });
  expect(board.read("sessions/add-two/checks.md")).toMatch(
    /REFUTED: it changes nothing that is refused: the branch changes Kanban\/x, kanban\/board\/planned\/more\.md; the board/,
  );
  await board.commit();
  await gitAt(board.world.boardRoot)("mv", "board/doing/add-two.md", "board/done/add-two.md");
  await board.commit();
  const main = await board.git("rev-parse", "main");
  await board.run({ kind: "merge", taskId: "add-two" });

  expect(board.read("sessions/add-two/merge.md")).toMatch(
    /verdict: checks-failed[\s\S]*the board is checked out there/,
  );
  expect(await board.git("rev-parse", "main")).toBe(main);
  expect(board.has("board/planned/more.md")).toBe(false);
});
