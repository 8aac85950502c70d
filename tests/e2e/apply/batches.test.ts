import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { applyEffect } from "../../../src/apply/effect.ts";
import type { BatchMember, Effect } from "../../../src/decide/action.ts";
import { tempFolder } from "../../helpers/git-repo.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, settleRuns } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { collectCall, dieAt, effectCall, expectTidy, startAgain } from "./crash-board.ts";
import { DAYS_APART, points } from "./crash-points.ts";

// A third of them each day.
const it = itInTurn(1, DAYS_APART);

/** The effect that merges these together; `after`: what each may not be merged without. */
function mergeOf(ids: readonly string[], after: Readonly<Record<string, readonly string[]>> = {}): Effect {
  const [taskId = "", ...others] = ids;
  const batch: BatchMember[] = others.map((id) => ({ taskId: id, conflicts: 0, after: after[id] ?? [] }));
  return { kind: "merge", taskId, conflicts: 0, batch };
}

async function recordOf(board: ApplyBoard, taskId: string) {
  return (await board.look()).sessions.get(taskId)?.find(({ step }) => step === "merge");
}

async function landed(board: ApplyBoard): Promise<string[]> {
  const log = await board.git(
    "log",
    "--first-parent",
    "--merges",
    "--reverse",
    "--format=%(trailers:key=Task,valueonly,separator=%x2C)",
    "main",
  );
  return log.split("\n").filter((it) => it !== "");
}

function countOf(file: string): number {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n").length : 0;
}

describe("a batch", () => {
  it("is verified once, with the commands of all, and lands as one entry a task", async () => {
    const count = join(tempFolder(), "count");
    const ids = ["a", "b", "c", "d", "e"];
    const own = { b: [`echo b >> ${count}`, "test -e b.txt"], d: [`echo b >> ${count}`, "test -e a.txt -a -e e.txt"] };
    const board = await batchBoard(ids, { verify: [`echo run >> ${count}`], own });
    await board.run(mergeOf(ids));
    expect((await board.look()).runs).toMatchObject([{ kind: "merge", taskId: "a", with: ["b", "c", "d", "e"] }]);
    await settleRuns(board);
    expect(readFileSync(count, "utf8")).toBe("run\nb\n");
    expect(await landed(board)).toEqual(ids);
    for (const id of ids) {
      const landing = await board.git("log", "-1", "--first-parent", "--format=%H %P", `--grep=^Task: ${id}$`, "main");
      expect(landing.split(" ")[2]).toBe(await board.git("rev-parse", `kanband/${id}`));
      expect(board.read(`sessions/${id}/merge.md`)).toContain(`Merged into the base as ${landing.split(" ")[0]}`);
    }
    expect(board.read("sessions/c/merge.md")).toMatch(/together with `a`, `b`, `d`, `e`:\n\n- `echo run/);
    await board.commit();
    expect(await board.git("status", "--porcelain")).toBe("");
    await expectTidy(board);
  });

  it("lands nothing whose file a person took back right before the swap, nor what is behind it", async () => {
    const board = await batchBoard(["a", "b", "c"], { verify: [] });
    const asAccepted = await board.look();
    renameSync(join(board.root, "board/done/b.md"), join(board.root, "board/doing/b.md"));
    await applyEffect(board.world, mergeOf(["a", "b", "c"]), asAccepted);
    expect(await landed(board)).toEqual(["a"]);
    for (const id of ["b", "c"]) expect(await recordOf(board, id)).toBeUndefined();
    await board.run(mergeOf(["c"]));
    expect(await landed(board)).toEqual(["a", "c"]);
  });

  it("needs no run at all without commands, and ends before the first that is in conflict or in whose way a file is", async () => {
    const board = await batchBoard(["a", "b", "c", "d"], { verify: [], changes: { c: { "a.txt": "other\n" } } });
    await board.run(mergeOf(["a", "b", "c", "d"]));
    expect(board.runs()).toEqual([]);
    expect(await landed(board)).toEqual(["a", "b"]);
    expect(await recordOf(board, "c")).toBeUndefined();
    await board.run(mergeOf(["c", "d"]));
    expect(await recordOf(board, "c")).toMatchObject({ verdict: "conflict" });
    board.write("d.txt", "unsaved\n");
    await board.run(mergeOf(["d"]));
    expect(await recordOf(board, "d")).toMatchObject({ verdict: "waiting", reason: "unsaved changes in d.txt" });
    expect(await landed(board)).toEqual(["a", "b"]);
  });

  it("lands what is before a file with unsaved changes", async () => {
    const board = await batchBoard(["a", "b"], { verify: ["true"] });
    board.write("b.txt", "unsaved\n");
    await board.run(mergeOf(["a", "b"]));
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a"]);
    expect(board.read("b.txt")).toBe("unsaved\n");
  });

  it("that is red lands what is before the one that makes it so, and tells that one alone", async () => {
    const count = join(tempFolder(), "count");
    const ids = ["a", "b", "bad", "d", "e"];
    const board = await batchBoard(ids, {
      verify: [`echo run >> ${count}; test ! -e bad.txt || { echo gone bad; false; }`],
    });
    await board.run(mergeOf(ids));
    await settleRuns(board);
    // All of it twice, then the first two, then the third twice.
    expect(countOf(count)).toBe(5);
    expect(await landed(board)).toEqual(["a", "b"]);
    expect(await recordOf(board, "bad")).toMatchObject({ verdict: "checks-failed", failure: "checks" });
    expect(board.read("sessions/bad/merge.md")).toMatch(/upon that of the base and of `a`, `b`[\s\S]*gone bad/);
    expect([await recordOf(board, "d"), await recordOf(board, "e")]).toEqual([undefined, undefined]);
    await board.run(mergeOf(["d", "e"]));
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a", "b", "d", "e"]);
    expect(countOf(count)).toBe(6);
  });

  it("that is red by chance once is merged, and says so", async () => {
    const count = join(tempFolder(), "count");
    const board = await batchBoard(["a", "b"], {
      verify: [`echo run >> ${count}; echo by chance; test $(wc -l < ${count}) -gt 1`],
    });
    await board.run(mergeOf(["a", "b"]));
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a", "b"]);
    expect(countOf(count)).toBe(2);
    expect(board.read("sessions/b/merge.md")).toMatch(
      /verdict: merged[\s\S]*Flaky: it failed once, then passed[\s\S]*by chance/,
    );
  });

  it("says whose command it was, where it is that of another task", async () => {
    const own = { a: ["test ! -e b.txt"] };
    const board = await batchBoard(["a", "b"], { verify: ["true"], own, retry: 0 });
    await board.run(mergeOf(["a", "b"]));
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a"]);
    const reason = "`test ! -e b.txt` exited with 1 (`verify` of a, merged right before it)";
    expect(await recordOf(board, "b")).toMatchObject({ verdict: "checks-failed", reason });
  });

  it("waits where no worktree can be set up: that is nobody's fault", async () => {
    const ready = join(tempFolder(), "ready");
    const board = await batchBoard(["a", "b"], { verify: ["true"], setup: ["true", `test -e ${ready}`] });
    for (let tries = 0; tries < 2; tries++) {
      await board.run(mergeOf(["a", "b"]));
      await settleRuns(board);
      const reason = `the setup of the worktree failed: \`test -e ${ready}\` exited with 1`;
      expect(await recordOf(board, "a")).toMatchObject({ state: "done", verdict: "waiting", failure: "setup", reason });
      expect(await recordOf(board, "b")).toBeUndefined();
    }
    writeFileSync(ready, "");
    await board.run(mergeOf(["a"]));
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a"]);
    await expectTidy(board);
  });

  it("goes on without one that a person takes back in the middle, and without what needs it", async () => {
    const ids = ["a", "b", "c", "d"];
    const board = await batchBoard(ids, { verify: ["true"] });
    await board.run(mergeOf(ids, { c: ["b"] }));
    await board.git("mv", "board/done/b.md", "board/planned/b.md");
    await board.commit();
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a", "d"]);
    expect([await recordOf(board, "b"), await recordOf(board, "c")]).toEqual([undefined, undefined]);
  });

  it.each(points("apply.batch"))("killed at %s in the middle of a search: the same end", async (point) => {
    const board = await batchBoard(["a", "bad"], { verify: ["test ! -e bad.txt"], retry: 0 });
    await board.run(mergeOf(["a", "bad"]));
    await board.over();
    if (point.endsWith("record")) {
      await board.run({ kind: "collect", taskId: "a", runId: board.runs()[0]?.runId ?? "" });
      await board.over();
    }
    await dieAt(point, board, collectCall(board));
    await startAgain(board);
    await settleRuns(board);
    await dieAt("process.start.after-record", board, effectCall(mergeOf(["bad"])));
    await startAgain(board);
    await settleRuns(board);
    await board.run(mergeOf(["a", "bad"]));
    await settleRuns(board);
    expect(await landed(board)).toEqual(["a"]);
    expect(await recordOf(board, "a")).toMatchObject({ verdict: "merged" });
    expect(await recordOf(board, "bad")).toMatchObject({ verdict: "checks-failed" });
    await expectTidy(board);
  });
});
