import { expect, it } from "vitest";
import { type ApplyBoard, applyBoard, claimedTask, launchOf, runToEnd } from "./apply-board.ts";

/** The checks of `b`, which took what `a` did into its branch. */
async function checksOf(board: ApplyBoard) {
  await runToEnd(board, launchOf("a"));
  await runToEnd(board, launchOf("b", { slot: "B" }));
  await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 1 });
  await board.run({ kind: "check", taskId: "b", slot: "B", attempt: 1 });
  const { sessions } = await board.look();
  return ["a", "b"].map((id) => sessions.get(id)?.find(({ step }) => step === "checks"));
}

it.each([
  ["its agent made", "echo a > a.txt; git add a.txt; git commit -qm a"],
  ["the daemon saved", "echo a > a.txt"],
])(
  "commits of another task that nobody accepted, which %s, are refuted, and not held against that task",
  async (_, script) => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask(script),
      "board/doing/b.md": claimedTask("git merge -q kanband/a; echo b > b.txt"),
    });
    const [a, b] = await checksOf(board);
    expect(a).toMatchObject({ verdict: "clean" });
    expect(b).toMatchObject({
      verdict: "must-fix",
      reason: expect.stringContaining("the branch holds commits of `a`, which nobody has accepted; `base: a` says"),
    });
  },
);

it("those of a branch that it starts from are told to whoever accepts it", async () => {
  const board = await applyBoard({ "board/doing/a.md": claimedTask("echo a > a.txt", "base: release-2\n") });
  await board.git("branch", "release-2");
  const checked = async () => {
    await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 1 });
    return (await board.look()).sessions.get("a")?.find(({ step }) => step === "checks");
  };
  const tree = await board.git("rev-parse", "release-2^{tree}");
  const release = await board.git("commit-tree", tree, "-p", "release-2", "-m", "Release only");
  await board.git("update-ref", "refs/heads/release-2", release);
  await runToEnd(board, launchOf("a"));
  expect(await checked()).toMatchObject({
    verdict: "inconclusive",
    reason: expect.stringMatching(/: accepting it also merges 1 commit of release-2 that main lacks: "Release only"$/),
  });
  await board.git("merge", "-q", "--no-edit", "release-2");
  expect(await checked()).toMatchObject({ verdict: "clean" });
});

it("a task may hold those of the task that it builds upon", async () => {
  const board = await applyBoard({
    "board/doing/a.md": claimedTask("echo a > a.txt"),
    "board/doing/b.md": claimedTask("git merge -q kanband/a; echo b > b.txt", "base: a\n"),
  });
  expect(await checksOf(board)).toMatchObject([{ verdict: "clean" }, { verdict: "clean" }]);
});
