import { describe, expect } from "vitest";
import { itInTurn } from "../../helpers/today.ts";
import { openApplyBoard } from "./apply-board.ts";
import { dieAt, effectCall, expectTidy, startAgain } from "./crash-board.ts";
import { DAYS_APART, points } from "./crash-points.ts";
import { LANDED, landingOf, mergedBoard, moveTo, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

// A third of them each day.
const it = itInTurn(2, DAYS_APART);

describe("killed at any step", () => {
  it.each(points("apply.lost"))("%s: the branch of a lost merge is made once, and its task told", async (point) => {
    const board = await mergedBoard(["a"]);
    const sha = await landingOf(board, "a");
    const tip = await board.git("rev-parse", `${sha}^2`);
    const revertedBy = await revert(board, sha);
    const effect = { kind: "restore-branch", taskId: "a", sha, tip, revertedBy } as const;
    await dieAt(point, board, effectCall(effect));
    const made = await board.git("for-each-ref", "--format=%(objectname)", "refs/heads/kanband/a");
    await startAgain(board);
    await tickToEnd(board);
    const branch = await board.git("rev-parse", "kanband/a");
    if (made !== "") expect(branch).toBe(made);
    expect(await board.git("rev-parse", `${branch}^`)).toBe(revertedBy);
    expect(board.read("board/blocked/a.md")).toContain("was reverted on main");
    await moveTo(board, "a", "blocked", "done");
    await tickToEnd(board);
    expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
    await expectTidy(board);
  });

  it.each(points("apply.found"))("%s: what is on the base again is done again", async (point) => {
    const board = await mergedBoard(["a"]);
    const sha = await landingOf(board, "a");
    const by = await revert(board, sha);
    await tickToEnd(board);
    await revert(board, by);
    const branchSha = await board.git("rev-parse", "kanband/a");
    await dieAt(point, board, effectCall({ kind: "forget-loss", taskId: "a", sha, branchSha }));
    await startAgain(board);
    await tickToEnd(await openApplyBoard(board.root));
    expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
    expect(
      await board.git("for-each-ref", "--format=%(objectname)", "refs/heads/kanband", "refs/kanband/preserved"),
    ).toBe(branchSha);
    await expectTidy(board);
  });

  it.each(points("apply.landed"))("%s: the base is noted once everything is told", async (point) => {
    const board = await mergedBoard(["a"]);
    await revert(board, await landingOf(board, "a"));
    const [from, to] = [await board.git("rev-parse", LANDED), await board.git("rev-parse", "main")];
    await dieAt(point, board, effectCall({ kind: "note-base", taskId: null, from, to }));
    expect(await board.git("rev-parse", LANDED)).toBe(point.endsWith("after-ref") ? to : from);
    await board.git("update-ref", LANDED, from);
    await startAgain(board);
    await tickToEnd(board);
    expect(board.has("board/blocked/a.md")).toBe(true);
    await expectTidy(board);
  });
});
