import { expect, it } from "vitest";
import { applyBoard, claimedTask, launchOf, runToEnd } from "./apply-board.ts";

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
