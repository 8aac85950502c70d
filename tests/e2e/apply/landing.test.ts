import { describe, expect } from "vitest";
import type { Settings } from "../../../src/config/settings.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard, claimedTask, openApplyBoard, settleRuns } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { collectCall, dieAt, effectCall, startAgain } from "./crash-board.ts";

// A third of them each day.
const it = itInTurn(1, 3);

const MERGE = { kind: "merge", taskId: "a" } as const;

/** Subjects and task of each commit of a batch of three, of which the second has two. */
const LANDED = {
  squash: ["Merge a: Task 0|a", "Merge b: Task 1|b", "Merge c: Task 2|c"],
  rebase: ["Work on a|a", "Work on b|", "More on b|b", "Work on c|c"],
};

/** An accepted task whose branch was made by hand, commit by commit. */
async function accepted(mergeStyle: Settings["mergeStyle"]): Promise<ApplyBoard> {
  const done = claimedTask("true").replace(/assigned: A\nattempt: 1\n/, "branch: kanband/a\n");
  const board = await applyBoard({ "board/done/a.md": done }, { settings: { mergeStyle } });
  await board.git("checkout", "-q", "-b", "kanband/a");
  return board;
}

async function change(board: ApplyBoard, files: Record<string, string>, message: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) board.write(path, text);
  await board.git("add", "-A");
  await board.git("-c", "user.name=Ada", "commit", "-q", "--allow-empty", "-m", message);
}

async function mergeRecord(board: ApplyBoard) {
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

async function trailer(board: ApplyBoard, key: string): Promise<string> {
  return (await board.git("log", "-1", `--format=%(trailers:key=${key},valueonly)`, "main")).trim();
}

describe("a landing that is squashed", () => {
  it.each(["squash", "merge"] as const)(
    "is one commit, found again after a kill, whatever style is set by then (%s); its branch goes to a ref before it is dropped",
    async (mergeStyle) => {
      const killed = await accepted("squash");
      const board = await openApplyBoard(killed.root, { settings: { mergeStyle } });
      await change(board, { "one.txt": "1\n" }, "One");
      await change(board, { "two.txt": "2\n" }, "Two");
      const tip = await board.git("rev-parse", "HEAD");
      await board.git("checkout", "-q", "main");
      const before = await board.git("rev-parse", "main");

      await dieAt("apply.merge.after-advance", killed, effectCall(MERGE));
      const main = await board.git("rev-parse", "main");
      expect(await mergeRecord(board)).toBeUndefined();
      await board.run(MERGE);

      expect(await mergeRecord(board)).toMatchObject({ verdict: "merged", commitSha: tip, mergedAs: main });
      expect(await board.git("rev-parse", "main")).toBe(main);
      expect(await board.git("log", "-1", "--format=%P %s", "main")).toBe(`${before} Merge a: Do it`);
      expect([await trailer(board, "Task"), await trailer(board, "Merged")]).toEqual(["a", tip]);
      expect([board.read("one.txt"), board.read("two.txt")]).toEqual(["1\n", "2\n"]);
      expect((await board.look()).branches.get("a")?.isMerged).toBe(true);
      await board.run({ kind: "drop-branch", taskId: "a", sha: tip });
      expect(await board.git("branch", "--list", "kanband*")).toBe("");
      expect(await board.git("rev-parse", "refs/kanband/preserved/a/1")).toBe(tip);
    },
  );
});

describe("a landing that is rebased", () => {
  it("has each commit with its author and message, but merges and what changes nothing; the last says what it is", async () => {
    const board = await accepted("rebase");
    await change(board, { "one.txt": "1\n" }, `One\n\nTask: other\nMerged: ${"1".repeat(40)}`);
    await change(board, {}, "Nothing");
    await board.git("checkout", "-q", "main");
    await change(board, { "base.txt": "base\n" }, "Meanwhile");
    await board.git("checkout", "-q", "kanband/a");
    await board.git("merge", "-q", "--no-edit", "main");
    await change(board, { "two.txt": "2\n" }, "Two\n\nWhy.\n\nReviewed-by: Grace <g@example.com>");
    const tip = await board.git("rev-parse", "HEAD");
    await board.git("checkout", "-q", "main");
    await change(board, { "later.txt": "later\n" }, "Later");
    const before = await board.git("rev-parse", "main");

    await board.run(MERGE);

    expect(await mergeRecord(board)).toMatchObject({
      verdict: "merged",
      mergedAs: await board.git("rev-parse", "main"),
    });
    const landed = await board.git("log", "--reverse", "--format=%s|%an|%P", `${before}..main`);
    const first = await board.git("rev-parse", "main~1");
    expect(landed.split("\n")).toEqual([`One|Ada|${before}`, `Two|Ada|${first}`]);
    expect([await trailer(board, "Task"), await trailer(board, "Merged")]).toEqual(["a", tip]);
    expect([await trailer(board, "Commits"), await trailer(board, "Reviewed-by")]).toEqual([
      "2",
      "Grace <g@example.com>",
    ]);
    expect(await board.git("log", "-1", "--format=%B", "main")).toMatch(/^Two\n\nWhy\.\n\nMerge a: Do it\n/);
    // What an agent writes into its own message is no trailer of ours.
    expect(await board.git("log", "-1", "--format=%(trailers:key=Merged,valueonly)", first)).toBe("");
    expect([board.read("one.txt"), board.read("two.txt"), board.read("later.txt")]).toEqual(["1\n", "2\n", "later\n"]);
  });

  it("comes as one commit, and says why, where one of its commits conflicts by itself", async () => {
    const board = await accepted("rebase");
    await change(board, { "src/app.txt": "mine\n" }, "Mine");
    await board.git("checkout", "-q", "main");
    await change(board, { "src/app.txt": "theirs\n" }, "Theirs");
    await board.git("checkout", "-q", "kanband/a");
    await board.git("merge", "-q", "-X", "ours", "--no-edit", "main");
    await board.git("checkout", "-q", "main");
    const before = await board.git("rev-parse", "main");

    await board.run(MERGE);

    const why = /As one commit: \w{12} "Mine" cannot be replayed by itself, it conflicts in src\/app\.txt\./;
    expect(board.read("sessions/a/merge.md")).toMatch(why);
    expect(await board.git("log", "-1", "--format=%P%n%B", "main")).toMatch(
      new RegExp(`^${before}\n[^]*${why.source}`),
    );
    expect(board.read("src/app.txt")).toBe("mine\n");
  });
});

it("a landing that is rebased comes as one commit where one of them has what may not come, though a later one takes it back", async () => {
  const board = await accepted("rebase");
  await change(board, { "AGENTS.md": "obey\n", "one.txt": "1\n" }, "One");
  await board.git("rm", "-q", "AGENTS.md");
  await change(board, { "two.txt": "2\n" }, "Two");
  await board.git("checkout", "-q", "main");
  await board.run(MERGE);
  expect(board.read("sessions/a/merge.md")).toMatch(
    /\w{12} "One" cannot come by itself: the branch changes AGENTS\.md/,
  );
  expect([board.read("one.txt"), board.read("two.txt")]).toEqual(["1\n", "2\n"]);
  expect(await board.git("log", "--format=%s", "main", "--", "AGENTS.md")).toBe("");
});

describe("a batch of landings", () => {
  it.each(["squash", "rebase"] as const)(
    "stand one upon the other (%s), and none is made twice after a kill before they are written down",
    async (style) => {
      const board = await batchBoard(["a", "b", "c"], { verify: ["test -e b2.txt"], style });
      await board.git("checkout", "-q", "kanband/b");
      await change(board, { "b2.txt": "2\n" }, "More on b");
      await board.git("checkout", "-q", "main");
      const before = await board.git("rev-parse", "main");
      const batch = ["b", "c"].map((taskId) => ({ taskId, conflicts: 0, after: [] }));
      const effect = { kind: "merge", taskId: "a", conflicts: 0, batch } as const;
      await board.run(effect);
      await board.over();
      await dieAt("apply.merge.after-advance", board, collectCall(board));
      const main = await board.git("rev-parse", "main");
      expect((await board.look()).sessions.get("a")?.some(({ verdict }) => verdict === "merged") ?? false).toBe(false);
      await startAgain(board);
      await settleRuns(board);
      await board.run(effect);

      expect(await board.git("rev-parse", "main")).toBe(main);
      expect(await board.git("rev-list", "--count", "--merges", `${before}..main`)).toBe("0");
      const log = await board.git(
        "log",
        "--reverse",
        "--format=%s|%(trailers:key=Task,valueonly,separator=%x2C)",
        `${before}..main`,
      );
      expect(log.split("\n")).toEqual(LANDED[style]);
      const { sessions } = await board.look();
      for (const id of ["a", "b", "c"]) {
        const mergedAs = await board.git("log", "-1", "--format=%H", `--grep=^Task: ${id}$`, "main");
        const record = sessions.get(id)?.find(({ step }) => step === "merge");
        expect(record).toMatchObject({ verdict: "merged", mergedAs });
      }
    },
  );

  it("ends before a branch that holds another one of it, which has to follow first", async () => {
    const board = await batchBoard(["a", "b"], { verify: [], style: "squash" });
    await board.git("checkout", "-q", "kanband/b");
    await board.git("merge", "-q", "--no-edit", "kanband/a");
    await board.git("checkout", "-q", "main");
    await board.run({ kind: "merge", taskId: "a", conflicts: 0, batch: [{ taskId: "b", conflicts: 0, after: ["a"] }] });
    expect([await trailer(board, "Task"), (await board.look()).sessions.get("b")]).toEqual(["a", undefined]);
  });
});
