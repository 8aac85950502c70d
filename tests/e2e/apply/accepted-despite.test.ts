import { describe, expect, it } from "vitest";
import { type ApplyBoard, applyBoard, claimedTask, launchOf, runToEnd, settleRuns } from "./apply-board.ts";

const SECOND = 1000;

/** A board whose records are older than the next commit, or, when it is fast, newer than it. */
async function worked(script: string, keys: string, { isChecked = true, isFast = false } = {}): Promise<ApplyBoard> {
  const clock = (): number => Date.now() + (isFast ? 200 : -200) * SECOND;
  const board = await applyBoard({ "board/doing/a.md": claimedTask(script, keys) }, { clock });
  await runToEnd(board, launchOf("a"));
  await board.commit();
  if (isChecked) await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 1 });
  return board;
}

async function accept(board: ApplyBoard, from: string) {
  await board.git("mv", `board/${from}/a.md`, "board/done/a.md");
  await board.git("commit", "-qm", "Accept a");
  // Since when it lies there is looked up beside everything else.
  for (let tries = 0; tries < 100; tries++) {
    if ((await board.look()).tasks.some(({ id, enteredAt }) => id === "a" && enteredAt !== null)) break;
  }
  await board.run({ kind: "merge", taskId: "a" });
  await settleRuns(board);
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

const back = async (board: ApplyBoard): Promise<void> => {
  await board.git("mv", "board/done/a.md", "board/blocked/a.md");
  await board.git("commit", "-qm", "Send a back");
};

describe("accepting work that was refuted", () => {
  it.each([
    ["by its checks", { isChecked: true }],
    ["by a look at the merge, where nobody had checked this commit", { isChecked: false }],
  ])("%s: sent back once with the evidence, merged the second time, and the merge says so", async (_, options) => {
    const board = await worked("echo x > lib.txt", "touches: ['src/**']\n", options);
    const main = await board.git("rev-parse", "main:src");
    expect(await accept(board, "doing")).toMatchObject({
      verdict: "checks-failed",
      reason: expect.stringMatching(
        /^its checks refute it; accept it once more .*: the branch changes lib\.txt, outside/,
      ),
    });
    expect(await board.git("rev-parse", "main:src")).toBe(main);
    await back(board);
    expect(await accept(board, "blocked")).toMatchObject({ verdict: "merged" });
    expect(await board.git("show", "main:lib.txt")).toBe("x");
    const trailer = "--format=%(trailers:key=Accepted-Despite,valueonly)";
    expect(await board.git("log", "-1", trailer, "--merges", "main")).toMatch(/^the branch changes lib\.txt, outside/);
  });

  it("is not overruled by one acceptance that is tried twice, nor by one of another commit", async () => {
    const board = await worked("echo x > lib.txt", "touches: ['src/**']\n", { isFast: true });
    await accept(board, "doing");
    await board.run({ kind: "merge", taskId: "a" });
    expect(await board.git("ls-tree", "main", "lib.txt")).toBe("");
    await back(board);
    const tree = await board.git("rev-parse", "kanband/a^{tree}");
    const next = await board.git("commit-tree", "-p", "kanband/a", "-m", "More", tree);
    await board.git("update-ref", "refs/heads/kanband/a", next);
    expect(await accept(board, "blocked")).toMatchObject({ verdict: "checks-failed" });
    expect(await board.git("ls-tree", "main", "lib.txt")).toBe("");
  });

  it("asks once more about a branch that moved after its checks had nothing to mend, and says from where to where", async () => {
    const board = await worked("echo x > lib.txt", "");
    const checked = await board.git("rev-parse", "kanband/a");
    const tree = await board.git("rev-parse", "main^{tree}");
    const next = await board.git("commit-tree", "-p", checked, "-m", "More", tree);
    await board.git("update-ref", "refs/heads/kanband/a", next);
    const words = `its branch moved after its checks: they speak of ${checked.slice(0, 12)}, it is at ${next.slice(0, 12)}`;
    expect(await accept(board, "doing")).toMatchObject({
      verdict: "checks-failed",
      reason: `${words}: accept it once more to merge it as it is`,
    });
    await back(board);
    expect(await accept(board, "blocked")).toMatchObject({ verdict: "merged", commitSha: next });
    const trailer = "--format=%(trailers:key=Accepted-Despite,valueonly)";
    expect(await board.git("log", "-1", trailer, "--merges", "main")).toBe(`${words}\n`);
  });

  it("asks about what comes to the branch after its merge", async () => {
    const board = await worked("echo x > lib.txt", "", { isFast: true });
    expect(await accept(board, "doing")).toMatchObject({ verdict: "merged" });
    const merged = await board.git("rev-parse", "kanband/a");
    const later = await board.git("commit-tree", "-p", merged, "-m", "Not for main", `${merged}^{tree}`);
    await board.git("update-ref", "refs/heads/kanband/a", later);
    await board.run({ kind: "merge", taskId: "a" });

    expect((await board.look()).sessions.get("a")?.find(({ step }) => step === "merge")).toMatchObject({
      verdict: "checks-failed",
      reason: `its branch moved after its merge: that was of ${merged.slice(0, 12)}, it is at ${later.slice(0, 12)}: accept it once more to merge it as it is`,
    });
    expect(await board.git("rev-list", "--count", "main..kanband/a")).toBe("1");
  });

  it("never merges a refused path, however often it is accepted", async () => {
    const board = await worked("echo x > AGENTS.md", "");
    for (const from of ["doing", "blocked"]) {
      const refused = {
        verdict: "checks-failed",
        reason: expect.stringMatching(/^the branch changes AGENTS\.md, which is/),
      };
      expect(await accept(board, from)).toMatchObject(refused);
      await back(board);
    }
  });
});
