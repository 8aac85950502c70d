import { describe, expect, it } from "vitest";
import { launchOf, runToEnd } from "./apply-board.ts";
import { checksOf, commitOn, stackedBoard } from "./stacked-board.ts";

const said = (line: string): string => `echo '\`\`\`claims'; echo "${line}"; echo '\`\`\`'`;

describe("a task that stands on one under review", () => {
  it("starts from its tip, remembers which, and answers for its own files only", async () => {
    const board = await stackedBoard("echo up > up.txt", { low: { "low.txt": "low\n" } }, "touches: [up.txt]\n");
    await runToEnd(board, launchOf("up"));

    const low = await board.git("rev-parse", "kanband/low");
    expect(await board.git("rev-parse", "kanband/up~1")).toBe(low);
    expect((await board.look()).branches.get("up")).toMatchObject({ stackedOn: { low } });
    expect(await checksOf(board)).toMatch(/verdict: clean/);

    const sha = await board.git("rev-parse", "kanband/up");
    await board.git("merge", "-q", "--no-edit", "kanband/up");
    await board.run({ kind: "release", taskId: "up", worktree: "w1" });
    await board.run({ kind: "drop-branch", taskId: "up", sha });
    expect(await board.git("for-each-ref", "refs/kanband/stack", "refs/heads/kanband/up")).toBe("");
  });

  it.each([
    ["changing what that one changed", "echo mine > low.txt", /REFUTED: .*outside `touches/],
    ["changing nothing", "git commit -q --allow-empty -m done", /REFUTED: .*change no file/],
    ["that commit", `echo up > up.txt\n${said("- { commit: $(git rev-parse HEAD) }")}`, /the branch started from it/],
  ])("is refuted for claiming as its own work: %s", async (_, script, reason) => {
    const board = await stackedBoard(script, { low: { "low.txt": "low\n" } }, "touches: [up.txt]\n");
    await runToEnd(board, launchOf("up"));
    expect(await checksOf(board)).toMatch(reason);
  });
});

describe("a task that stands on two under review", () => {
  it("starts from a merge of both, and is refuted for a file of either", async () => {
    const lowers = { left: { "left.txt": "left\n" }, right: { "right.txt": "right\n", "src/app.txt": "two\n" } };
    const board = await stackedBoard("cat left.txt right.txt > up.txt", lowers, "touches: [up.txt]\n");
    await runToEnd(board, launchOf("up"));

    expect(await board.git("show", "kanband/up:up.txt")).toBe("left\nright");
    expect(await board.git("show", "kanband/up:src/app.txt")).toBe("two");
    expect(await checksOf(board)).toMatch(/verdict: clean/);
    const [left, right] = [await board.git("rev-parse", "kanband/left"), await board.git("rev-parse", "kanband/right")];
    expect((await board.look()).branches.get("up")).toMatchObject({ stackedOn: { left, right } });
    expect(await board.git("rev-parse", "kanband/up~1^1", "kanband/up~1^2")).toBe(`${left}\n${right}`);

    await board.git("worktree", "remove", "--force", ".kanband/worktrees/w1");
    await commitOn(board, "up", { "right.txt": "mine\n" });
    expect(await checksOf(board)).toMatch(/REFUTED: .*right\.txt, outside `touches/);
  });

  it("is given their conflict to mend, and may change those files", async () => {
    const lowers = { left: { "src/app.txt": "left\n" }, right: { "src/app.txt": "right\n" } };
    const mend = "grep -q '<<<<<<< ' src/app.txt && grep -q to-mend .session/restack.md && echo both > src/app.txt";
    const script = `if [ -e up.txt ]; then ${mend}; fi\necho up >> up.txt`;
    const board = await stackedBoard(script, lowers, "touches: [up.txt]\n");
    await runToEnd(board, launchOf("up"));
    expect(board.read("sessions/up/restack.md")).toMatch(/^reason: conflict in src\/app\.txt\S* with kanband\/right$/m);
    expect(await checksOf(board)).toMatch(/REFUTED: .*src\/app\.txt:1-5 has conflict markers/);

    await runToEnd(board, launchOf("up", { attempt: 2, cause: "conflict" }));
    expect(board.read("sessions/up/engineer.md")).toMatch(/^state: done$/m);
    expect(await checksOf(board, 2)).toMatch(/verdict: clean/);
  });
});

it("a task that stands on one under review has what is merged since that began, and answers for its own files only", async () => {
  const lowers = { merged: { "merged.txt": "merged\n" }, low: { "low.txt": "low\n" } };
  const board = await stackedBoard("cat merged.txt low.txt > up.txt", lowers, "touches: [up.txt]\n");
  await board.git("mv", "board/for_review/merged.md", "board/done/merged.md");
  await board.commit();
  await board.git("merge", "-q", "--no-edit", "kanband/merged");
  await board.git("branch", "-q", "-D", "kanband/merged");
  await runToEnd(board, launchOf("up"));
  expect(await board.git("show", "kanband/up:up.txt")).toBe("merged\nlow");
  expect(await checksOf(board)).toMatch(/verdict: clean/);
});
