import { expect, it } from "vitest";
import { applyBoard, claimedTask, launchOf, runToEnd } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { inStep } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

it("a branch that has no history in common with the base is refused, with the reason", async () => {
  const script = "git reset -q --hard $(git commit-tree -m root HEAD^{tree}); echo x > x";
  const board = await applyBoard({ "board/doing/a.md": claimedTask(script) });
  await runToEnd(board, launchOf("a"));
  await board.git("mv", "board/doing/a.md", "board/done/a.md");
  await board.commit();
  const main = await board.git("rev-parse", "main");
  await board.run({ kind: "merge", taskId: "a" });

  const session = (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
  expect(session).toMatchObject({
    verdict: "checks-failed",
    reason: "the branch has no commit in common with main: its history was begun anew",
  });
  expect(await board.git("rev-parse", "main")).toBe(main);
});

it("an acceptance that is dated ahead of the daemon's clock is refused once, and then comes to rest", async () => {
  const board = await batchBoard(["a"], { verify: [], changes: { a: { "sessions/a/fake.md": "x\n" } }, clock: inStep });
  process.env["GIT_COMMITTER_DATE"] = new Date(Date.now() + 7_200_000).toISOString();
  try {
    await board.git("commit", "-q", "--amend", "--no-edit");
  } finally {
    delete process.env["GIT_COMMITTER_DATE"];
  }
  await tickToEnd(board);
  expect(board.read("board/blocked/a.md")).toContain("could not be merged");
});
