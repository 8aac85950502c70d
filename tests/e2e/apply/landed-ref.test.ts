import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { LandedView } from "../../../src/decide/snapshot.ts";
import { itInTurn } from "../../helpers/today.ts";
import { countGit } from "../observe/observed-board.ts";
import { type ApplyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";
import { LANDED, landingOf, mergedBoard, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";
import { until } from "./until.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const WAIT = "touch begun\nwhile [ ! -e go ]; do sleep 0.05; done\n";

/** A merged task, and an agent at work beside it. */
async function beside(script: string): Promise<ApplyBoard & { noted: string }> {
  const board = await mergedBoard(["merged"]);
  board.write("board/doing/a.md", claimedTask(script));
  await board.commit();
  const noted = await board.git("rev-parse", LANDED);
  await board.run(launchOf("a"));
  return Object.assign(board, { noted });
}

describe("the ref that says where the base was noted", () => {
  it.each([
    ["moves", `git update-ref ${LANDED} HEAD~1`],
    ["writes by hand", `git rev-parse HEAD~1 > ../../../.git/${LANDED}`],
    ["deletes", `git update-ref -d ${LANDED}`],
    ["deletes by hand", `rm ../../../.git/${LANDED}`],
  ])("that an agent %s is put back, and the run fails", async (_, script) => {
    const board = await beside(script);
    await board.over();
    await collectAll(board);
    expect(await board.git("rev-parse", LANDED)).toBe(board.noted);
    const reason = expect.stringContaining(`changed ${LANDED}`);
    expect((await board.look()).sessions.get("a")).toMatchObject([{ state: "failed", reason }]);
  });

  it("that the daemon moves beside a run stays, and the run is done", async () => {
    const board = await beside(`${WAIT}echo x > x.txt`);
    await until(() => existsSync(join(board.root, ".kanband/worktrees/w1/begun")));
    const [from, to] = [await board.git("rev-parse", LANDED), await board.git("rev-parse", "main")];
    expect(from).not.toBe(to);
    await board.run({ kind: "note-base", taskId: null, from, to });
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await collectAll(board);
    expect(await board.git("rev-parse", LANDED)).toBe(to);
    expect((await board.look()).sessions.get("a")).toMatchObject([{ state: "done" }]);
  });

  it("costs no process as long as commits only come upon the base, and a few however many merges are named, lost or found", async () => {
    const calls = countGit();
    const many = await mergedBoard(Array.from({ length: 12 }, (_, at) => `t${at}`));
    const one = await mergedBoard(["t0"]);
    const costs = new Map<ApplyBoard, number[]>([many, one].map((it) => [it, []]));
    for (const [board, own] of costs) {
      const count = board === many ? 12 : 1;
      board.write("board/planned/x.md", "# X\n");
      await board.git("add", "board");
      await board.git("commit", "-q", "-m", "By hand");
      const before = calls();
      await board.look();
      // The kept-open reader may have been closed meanwhile, and somebody else wrote the index.
      expect(calls() - before).toBeLessThan(3);
      const looked = async (): Promise<LandedView> => {
        const start = calls();
        const { landed } = await board.look();
        own.push(calls() - start);
        return landed;
      };
      const top = await board.git("rev-parse", "main");
      // Neither the commits that a forged message names, nor the merges that a true one does.
      const names = await board.git("log", "--format=This reverts commit %H.", `-${count * 3 + 4}`);
      await board.git("commit", "-q", "--allow-empty", "-m", `Back out\n\n${names}`);
      expect((await looked()).lost.size).toBe(0);
      await board.git("rm", "-q", "t*.txt");
      await board.git("commit", "-q", "--amend", "--no-edit");
      expect((await looked()).lost.size).toBe(count);
      const first = await board.git("rev-list", "--max-parents=0", "main");
      await board.git("reset", "-q", "--soft", first);
      await board.git("commit", "-q", "-m", "All at once");
      expect((await looked()).lost.size).toBe(count);
      await tickToEnd(board);
      await board.git(
        "update-ref",
        "refs/heads/main",
        await board.git("commit-tree", "main^{tree}", "-p", top, "-m", "Back"),
      );
      expect((await looked()).found.size).toBe(0);
      await board.git("checkout", "-q", top, "--", "t*.txt");
      await board.git("commit", "-q", "-m", `Back in\n\nThis reverts commit ${first}.`);
      expect((await looked()).found.size).toBe(count);
    }
    expect(costs.get(many)).toEqual(costs.get(one));
  });

  it("is made where something is done, and told of what was merged before it was there", async () => {
    const board = await mergedBoard(["a"]);
    await board.git("update-ref", "-d", LANDED);
    await tickToEnd(board);
    await revert(board, await landingOf(board, "a"));
    await tickToEnd(board);
    expect(board.has("board/blocked/a.md")).toBe(true);
  });
});
