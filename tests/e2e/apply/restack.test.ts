import { describe, expect } from "vitest";
import { applyEffect } from "../../../src/apply/effect.ts";
import { sweepStacks } from "../../../src/apply/sweep-stacks.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";
import { checksOf, commitOn, stackedBoard, stackInReview } from "./stacked-board.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

const OWN = { "up.txt": "up\n" };

type Restack = Extract<Effect, { kind: "restack" }>;

/** What decide asks for once `low` has moved: `onto` null where it is merged. */
async function follow(board: ApplyBoard, facts: Partial<Restack> = {}): Promise<void> {
  const onto = facts.onto === null ? null : await board.git("rev-parse", "kanband/low");
  const rest = { conflicts: 0, isForAgent: false, isRecheck: true };
  const tip = await board.git("rev-parse", "kanband/up");
  await board.run({ kind: "restack", taskId: "up", tip, lower: "low", ...rest, ...facts, onto });
}

async function refsOf(board: ApplyBoard): Promise<string> {
  return await board.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/kanband/stack");
}

describe("a branch follows the one below it", () => {
  it.each<[string, (board: ApplyBoard) => Promise<void>, string]>([
    ["that goes on", async (board) => await commitOn(board, "low", { "low.txt": "one\nmore\n" }), "one\nmore"],
    [
      "whose history a person rewrote",
      async (board) => await commitOn(board, "low", { "low.txt": "other\n" }, "--amend"),
      "other",
    ],
    ["that was put back", async (board) => void (await board.git("branch", "-qf", "kanband/low", "kanband/low~1")), ""],
  ])("%s: no commit is lost, and the work of each is its own", async (_, change, lowText) => {
    const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
    const [old, oldLow] = [await board.git("rev-parse", "kanband/up"), await board.git("rev-parse", "kanband/low")];
    await change(board);
    await follow(board);

    const low = await board.git("rev-parse", "kanband/low");
    const tree = await board.git("ls-tree", "--name-only", "kanband/up");
    expect(tree).toContain("up.txt");
    expect(tree.includes("low.txt")).toBe(lowText !== "");
    if (lowText !== "") expect(await board.git("show", "kanband/up:low.txt")).toBe(lowText);
    await board.git("merge-base", "--is-ancestor", old, "kanband/up");
    await board.git("merge-base", "--is-ancestor", oldLow, "kanband/up");
    expect(await refsOf(board)).toBe(`refs/kanband/stack/up/low ${low}`);
    const restack = (await board.look()).sessions.get("up")?.find(({ step }) => step === "restack");
    expect(restack).toMatchObject({ verdict: "restacked", commitSha: await board.git("rev-parse", "kanband/up") });

    await follow(board);
    expect(await board.git("rev-parse", "kanband/up")).toBe(restack?.commitSha);
    expect(await board.git("fsck", "--strict", "--no-dangling")).toBe("");
  });

  it.each(["for_review", "done"])(
    "not once more where a person took that back since it was looked, in %s/",
    async (lane) => {
      const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
      if (lane === "done") await board.git("mv", "board/for_review/up.md", "board/done/up.md");
      if (lane === "done") await board.commit();
      await commitOn(board, "low", { "low.txt": "one\nmore\n" });
      const stale = await board.look();
      const old = await board.git("rev-parse", "kanband/up");
      await follow(board);
      await board.git("add", "--all");
      await board.git("commit", "-q", "-m", "What followed");
      const undone = await runCli(board.root, ["undo", "up"]);
      expect(undone).toMatchObject({ exitCode: 0 });
      expect(await board.git("rev-parse", "kanband/up")).toBe(old);

      const onto = await board.git("rev-parse", "kanband/low");
      const facts = { conflicts: 0, isForAgent: false, isRecheck: true };
      await applyEffect(board.world, { kind: "restack", taskId: "up", tip: old, lower: "low", onto, ...facts }, stale);
      expect(await board.git("rev-parse", "kanband/up")).toBe(old);
      expect(board.read("sessions/up/restack.md")).toMatch(/^verdict: undone$/m);
    },
  );

  it("goes to the base once that has its work: as it is where its commits came along", async () => {
    const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
    const old = await board.git("rev-parse", "kanband/up");
    await board.git("merge", "-q", "--no-ff", "--no-edit", "kanband/low");
    await follow(board, { onto: null });
    expect(await board.git("rev-parse", "kanband/up")).toBe(old);
    expect(await refsOf(board)).toBe("");
  });

  it("and by a merge where it came as another commit, upon which its own merges without a conflict", async () => {
    const board = await stackedBoard("echo up >> src/app.txt", { low: { "low.txt": "one\n", "src/app.txt": "two\n" } });
    await runToEnd(board, launchOf("up"));
    await board.run({ kind: "release", taskId: "up", worktree: "w1" });
    await board.git("merge", "-q", "--squash", "kanband/low");
    await board.git("commit", "-qm", "All of it");
    await follow(board, { onto: null });
    expect(await refsOf(board)).toBe("");

    await board.git("mv", "board/doing/up.md", "board/done/up.md");
    await board.commit();
    await board.run({ kind: "merge", taskId: "up" });
    expect(board.read("sessions/up/merge.md")).toMatch(/^verdict: merged$/m);
    expect(await board.git("show", "main:src/app.txt")).toBe("two\nup");
    expect(await board.git("show", "main:low.txt")).toBe("one");
  });

  it("keeps the work of one that was closed without it: the base never got it", async () => {
    const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
    const old = await board.git("rev-parse", "kanband/up");
    await board.git("branch", "-qD", "kanband/low");
    await follow(board, { onto: null });
    expect(await board.git("rev-parse", "kanband/up")).toBe(old);
    expect(await board.git("show", "kanband/up:low.txt")).toBe("one");
    expect(await refsOf(board)).toBe("");
  });

  it("leaves no record behind where a person deleted it", async () => {
    const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
    await sweepStacks(board.world);
    expect(await refsOf(board)).not.toBe("");
    await board.git("branch", "-qD", "kanband/up");
    await sweepStacks(board.world);
    expect(await refsOf(board)).toBe("");
  });

  it("is left where it is while somebody has it checked out", async () => {
    const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
    const old = await board.git("rev-parse", "kanband/up");
    await commitOn(board, "low", { "low.txt": "two\n" });
    await board.git("worktree", "add", "-q", "theirs", "kanband/up");
    await follow(board);
    expect(await board.git("rev-parse", "kanband/up")).toBe(old);
  });
});

describe("a run beside it, without a sandbox", () => {
  const WAIT = "while [ ! -e go ]; do sleep 0.05; done";

  async function runBeside(script: string, meanwhile: (board: ApplyBoard) => Promise<void>): Promise<ApplyBoard> {
    const board = await stackInReview({ low: { "low.txt": "one\n" } }, OWN);
    await commitOn(board, "low", { "low.txt": "two\n" });
    board.write("board/doing/beside.md", claimedTask(script));
    await board.commit();
    await board.run(launchOf("beside"));
    await meanwhile(board);
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await collectAll(board);
    return board;
  }

  it("is not blamed for what the daemon moves", async () => {
    const board = await runBeside(WAIT, follow);
    expect((await board.look()).sessions.get("beside")).toMatchObject([{ state: "done" }]);
    expect(await refsOf(board)).toContain(await board.git("rev-parse", "kanband/low"));
  });

  it.each([
    ["moves", "git update-ref refs/kanband/stack/up/low HEAD"],
    ["makes up", "git update-ref refs/kanband/stack/beside/low HEAD"],
    ["writes by hand", "git rev-parse HEAD > ../../../.git/refs/kanband/stack/up/low"],
    ["deletes", "git update-ref -d refs/kanband/stack/up/low"],
  ])("is blamed for a record that it %s, which is put back", async (_, script) => {
    const before: string[] = [];
    const board = await runBeside(`${WAIT}\n${script}`, async (it) => void before.push(await refsOf(it)));
    expect((await board.look()).sessions.get("beside")).toMatchObject([
      { state: "failed", reason: expect.stringContaining("refs/kanband/stack") },
    ]);
    expect(await refsOf(board)).toBe(before[0]);
  });
});

describe("a branch that does not fit any more", () => {
  it("stays as it is, and both sides are told", async () => {
    const board = await stackInReview({ low: { "src/app.txt": "low\n" } }, { "src/app.txt": "up\n" });
    const [old, refs] = [await board.git("rev-parse", "kanband/up"), await refsOf(board)];
    await commitOn(board, "low", { "src/app.txt": "low again\n" });
    await follow(board);
    expect([await board.git("rev-parse", "kanband/up"), await refsOf(board)]).toEqual([old, refs]);
    const text = board.read("sessions/up/restack.md");
    expect(text).toMatch(/^verdict: conflict$/m);
    expect(text).toMatch(/^reason: conflict in src\/app\.txt\S* with kanband\/low$/m);
    expect(text).toContain("low again");
  });

  it("gets the conflict to mend where an agent goes on with it, and is refuted while it is not mended", async () => {
    const script =
      "if [ -e seen ]; then cat .session/restack.md > /dev/null; echo both > src/app.txt; fi\necho up > src/up.txt; echo x >> seen";
    const board = await stackedBoard(script, { low: { "src/app.txt": "low\n" } });
    await board.run({ kind: "prepare", taskId: "up", slot: "A" });
    await board.run({ kind: "release", taskId: "up", worktree: "w1" });
    await commitOn(board, "up", { "src/app.txt": "up\n" });
    await commitOn(board, "low", { "src/app.txt": "low again\n" });
    await follow(board, { isForAgent: true, isRecheck: false });
    expect(board.read("sessions/up/restack.md")).toMatch(/^verdict: to-mend$/m);

    await runToEnd(board, launchOf("up", { cause: "conflict" }));
    expect(await checksOf(board)).toMatch(/REFUTED: .*src\/app\.txt:1-5 has conflict markers/);
    await runToEnd(board, launchOf("up", { attempt: 2, cause: "checks" }));
    expect(await checksOf(board, 2)).toMatch(/verdict: clean/);
    expect(await board.git("show", "kanband/up:src/app.txt")).toBe("both");
  });
});
