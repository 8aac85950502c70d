import { describe, expect } from "vitest";
import { itInTurn } from "../../helpers/today.ts";
import { launchOf, runToEnd } from "./apply-board.ts";
import { dieAt, effectCall, expectTidy, startAgain } from "./crash-board.ts";
import { DAYS_APART, points } from "./crash-points.ts";
import { commitOn, stackedBoard, stackInReview } from "./stacked-board.ts";

// A third of them each day.
const it = itInTurn(0, DAYS_APART);

describe("killed at any step of the beginning of a stack", () => {
  it.each(points("apply.stack"))("%s: it begins once, with its record", async (point) => {
    const board = await stackedBoard("echo up > up.txt", { a: { "a.txt": "a\n" }, b: { "a.txt": "b\n" } });
    const launch = launchOf("up");
    await dieAt(point, board, effectCall(launch));
    await startAgain(board);
    await runToEnd(board, launch);
    const [a, b] = [await board.git("rev-parse", "kanband/a"), await board.git("rev-parse", "kanband/b")];
    expect((await board.look()).branches.get("up")).toMatchObject({ stackedOn: { a, b } });
    expect(board.read("sessions/up/restack.md")).toMatch(/^verdict: to-mend$/m);
    expect(await board.git("rev-list", "--merges", "--count", "kanband/up")).toBe("1");
    await expectTidy(board);
  });
});

describe("killed at any step of a restack", () => {
  it.each(points("apply.restack"))("%s: it follows once, and loses nothing", async (point) => {
    const isConflict = point === "apply.restack.after-conflict";
    const board = await stackInReview(
      { low: { "low.txt": "one\n" } },
      isConflict ? { "low.txt": "up\n" } : { "up.txt": "up\n" },
    );
    const old = await board.git("rev-parse", "kanband/up");
    await commitOn(board, "low", { "low.txt": "two\n" });
    const onto = await board.git("rev-parse", "kanband/low");
    const facts = { taskId: "up", tip: old, lower: "low", onto, conflicts: 0, isForAgent: false, isRecheck: true };
    const restack = { kind: "restack", ...facts } as const;
    await dieAt(point, board, effectCall(restack));
    await startAgain(board);
    await board.run({ ...restack, tip: await board.git("rev-parse", "kanband/up") });
    const { sha, stackedOn } = (await board.look()).branches.get("up") ?? {};
    const record = (await board.look()).sessions.get("up")?.find(({ step }) => step === "restack");
    expect(record).toMatchObject({ commitSha: sha, verdict: isConflict ? "conflict" : "restacked" });
    if (isConflict) expect(sha).toBe(old);
    else expect(stackedOn).toEqual({ low: onto });
    expect(await board.git("rev-list", "--merges", "--count", "kanband/up")).toBe(isConflict ? "0" : "1");
    await expectTidy(board);
  });
});
