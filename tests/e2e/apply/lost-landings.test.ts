import { describe, expect } from "vitest";
import { undoTask } from "../../../src/apply/undo-task.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { inStep, LANDED, landingOf, mergedBoard, moveTo, revert } from "./lost-board.ts";
import { tickToEnd, whyNow } from "./tick-board.ts";

// A quarter of them each day.
const it = itInTurn(1, 4);

/** Work of a person on the branch of a task. */
async function commitUpon(board: ApplyBoard, id: string, from: string): Promise<void> {
  await board.git("checkout", "-q", "-B", `kanband/${id}`, from);
  board.write(`more-${id}.txt`, "more\n");
  await board.git("add", `more-${id}.txt`);
  await board.git("commit", "-q", "-m", "More");
  await board.git("checkout", "-q", "main");
}

describe("a merge that a person reverts by hand", () => {
  it("sends its task to blocked/ with both commits; nobody starts upon it, and accepting it again merges it anew", async () => {
    const board = await mergedBoard(["a", "b"]);
    const landing = await landingOf(board, "a");
    expect(await board.git("branch", "--list", "kanband/*")).toBe("");
    const by = await revert(board, landing);
    board.write("board/planned/next.md", "---\ndependencies: [a]\n---\n# Next\n");

    expect(await whyNow(board, "next")).toBe(
      `depends on a, and its merge ${landing.slice(0, 12)} was reverted on main by ${by.slice(0, 12)}`,
    );
    await tickToEnd(board);
    expect(board.read("board/blocked/a.md")).toContain(
      `its merge ${landing.slice(0, 12)} was reverted on main by ${by.slice(0, 12)}; to merge it again: kanband move a done`,
    );
    expect(board.has("board/done/b.md")).toBe(true);
    expect(board.has("board/planned/next.md")).toBe(true);
    expect(await board.git("log", "-1", "--format=%s %P", "kanband/a")).toBe(`Begin a anew with its work ${by}`);
    expect(await whyNow(board, "next")).toContain("depends on a, which is in blocked/");

    await moveTo(board, "a", "blocked", "done");
    await board.git("rm", "-q", "-f", "board/planned/next.md");
    await tickToEnd(board);
    expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
    expect(await landingOf(board, "a")).not.toBe(landing);
    expect(await board.git("branch", "--list", "kanband/*")).toBe("");
    expect(await board.git("rev-list", "--count", `${LANDED}..main`)).not.toBe("");
  });
});

describe("a merge that is reverted", () => {
  it("and whose revert is reverted before anybody looked stays done, and so does what only speaks of it", async () => {
    const board = await mergedBoard(["a", "b"]);
    const landing = await landingOf(board, "a");
    await revert(board, await revert(board, landing));
    board.write("notes.txt", "x\n");
    await board.git("add", "notes.txt");
    await board.git("commit", "-q", "-m", `Note it\n\nThis reverts commit ${await landingOf(board, "b")}.`);
    await tickToEnd(board);
    expect([board.has("board/done/a.md"), board.has("board/done/b.md")]).toEqual([true, true]);
    expect(await board.git("branch", "--list", "kanband/*")).toBe("");
    // What there was to note is noted.
    expect(await board.git("log", "--format=%s", `${LANDED}..main`)).not.toContain("Note it");
  });

  it("goes back to done/ when its revert is reverted later, unless its branch has other work by then", async () => {
    const board = await mergedBoard(["a", "b", "c"]);
    const reverts: string[] = [];
    await commitUpon(board, "c", "main");
    for (const id of ["a", "b", "c"]) reverts.push(await revert(board, await landingOf(board, id)));
    await tickToEnd(board);
    const told = await board.git("rev-parse", "kanband/a");
    await commitUpon(board, "b", "kanband/b");
    for (const it of reverts) await revert(board, it);
    await tickToEnd(board);
    expect(["done/a", "blocked/b", "blocked/c"].map((it) => board.has(`board/${it}.md`))).toEqual([true, true, true]);
    expect(board.read("board/done/a.md")).not.toContain("blocked:");
    const branches = await board.git("branch", "--list", "--format=%(refname:short)", "kanband/*");
    expect(branches.split("\n")).toEqual(["kanband/b", "kanband/c"]);
    expect(await board.git("rev-parse", "refs/kanband/preserved/a/1")).toBe(told);
    expect(await board.git("log", "--format=%s", "--grep=^Merged: ", "--grep=^Task: a$", "--all-match")).toBe(
      "Merge a: Task 0",
    );
  });

  it.each(["squash", "rebase"] as const)(
    "is found whatever its style (%s), once all of it is reverted",
    async (style) => {
      const board = await batchBoard(["a"], { verify: [], style, clock: inStep });
      await commitUpon(board, "a", "kanband/a");
      await tickToEnd(board);
      const landing = await landingOf(board, "a");
      await revert(board, landing);
      if (style === "rebase") {
        await tickToEnd(board);
        expect(board.has("board/done/a.md")).toBe(true);
        await revert(board, `${landing}~1`);
      }
      await tickToEnd(board);
      expect(board.read("board/blocked/a.md")).toContain("was reverted on main");
      await moveTo(board, "a", "blocked", "done");
      await tickToEnd(board);
      expect([board.has("board/done/a.md"), board.read("a.txt"), board.read("more-a.txt")]).toEqual([
        true,
        "a\n",
        "more\n",
      ]);
      expect(await landingOf(board, "a")).not.toBe(landing);
    },
  );

  it("is known by merge.md where the commit says nothing, as one of a forge", async () => {
    const board = await applyBoard({ "board/done/a.md": "# A\n" }, { clock: inStep });
    await board.git("checkout", "-q", "-b", "work");
    board.write("a.txt", "a\n");
    await board.git("add", "a.txt");
    await board.git("commit", "-q", "-m", "Work");
    const tip = await board.git("rev-parse", "HEAD");
    await board.git("checkout", "-q", "main");
    await board.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7", "work");
    const landing = await board.git("rev-parse", "HEAD");
    const record = `task: a\nstep: merge\nattempt: 1\nstate: done\nverdict: merged\ncommit: ${tip}\nmerged_as: ${landing}`;
    board.write("sessions/a/merge.md", `---\n${record}\n---\n# Merge\n`);
    await tickToEnd(board);
    board.write("board/done/a.md", `---\npr: https://forge.example/pull/7 ${landing}\n---\n# A\n`);
    for (const key of ["lineNumber", "column", "fullName"]) await board.git("config", `grep.${key}`, "true");
    await board.git("config", "grep.patternType", "fixed");
    const by = await revert(board, landing);
    await tickToEnd(board);
    expect(board.read("board/blocked/a.md")).toContain(
      `${landing.slice(0, 12)} was reverted on main by ${by.slice(0, 12)}; to merge it again: take \`pr:\` out of its file, then kanband move a done`,
    );
    // Until then the forge has it, and what the forge merged is out.
    await moveTo(board, "a", "blocked", "done");
    await tickToEnd(board);
    expect(await whyNow(board, "a")).toContain("its pull request is merged as");
    expect(board.has("a.txt")).toBe(false);
  });

  it("may stay out for good: done without a branch is never merged again, nor told again", async () => {
    const board = await mergedBoard(["a"]);
    await revert(board, await landingOf(board, "a"));
    await tickToEnd(board);
    await moveTo(board, "a", "blocked", "done");
    await board.git("branch", "-q", "-D", "kanband/a");
    await tickToEnd(board);
    expect([board.has("board/done/a.md"), board.has("a.txt")]).toEqual([true, false]);
    // The same history under other ids.
    await board.git("rebase", "-q", "--rebase-merges", "--force-rebase", "--root");
    await tickToEnd(board);
    expect(board.has("board/done/a.md")).toBe(true);
  });

  it("is told of once where `kanband undo` did it: by the undo", async () => {
    const board = await mergedBoard(["a"]);
    const snapshot = await board.look();
    const view = snapshot.tasks.find(({ id }) => id === "a");
    if (view === undefined) throw new Error("it is not on the board");
    await undoTask(board.world, snapshot, view, { isAlive: true });
    await tickToEnd(board);
    expect(board.has("board/for_review/a.md")).toBe(true);
    expect((await board.look()).sessions.get("a")?.some(({ verdict }) => verdict === "lost")).toBe(false);
  });
});

describe("a base that is moved to another history", () => {
  it("sends what it lost to blocked/ with its branch as it was, and keeps done what it has under other ids", async () => {
    const board = await mergedBoard(["a", "b", "c"]);
    const landing = await landingOf(board, "a");
    const tip = await board.git("rev-parse", `${landing}^2`);
    // A plain rebase leaves the merges out, and takes the commits of their branches along.
    await board.git("rebase", "-q", "--onto", `${landing}^`, landing, "main");
    expect(await board.git("log", "--merges", "--format=%s", "main")).toBe("");
    await tickToEnd(board);
    expect(board.read("board/blocked/a.md")).toContain(`its merge ${landing.slice(0, 12)} is not on main any more`);
    expect(await board.git("rev-parse", "kanband/a")).toBe(tip);
    expect(["b", "c"].map((id) => board.has(`board/done/${id}.md`))).toEqual([true, true]);

    await moveTo(board, "a", "blocked", "done");
    await tickToEnd(board);
    expect([board.has("board/done/a.md"), board.read("a.txt"), board.read("b.txt")]).toEqual([true, "a\n", "b\n"]);
    const again = await landingOf(board, "a");
    expect(again).not.toBe(landing);
    // Taken away once more, and brought back by hand.
    await board.git("rebase", "-q", "--onto", `${again}^`, again, "main");
    await tickToEnd(board);
    expect(board.has("board/blocked/a.md")).toBe(true);
    await board.git("cherry-pick", "-m", "1", again);
    await tickToEnd(board);
    expect(board.has("board/done/a.md")).toBe(true);
    await board.git("rebase", "-q", "--rebase-merges", "--force-rebase", "--root");
    await tickToEnd(board);
    expect(["a", "b", "c"].map((id) => board.has(`board/done/${id}.md`))).toEqual([true, true, true]);
  });
});
