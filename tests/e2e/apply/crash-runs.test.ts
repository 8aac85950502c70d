import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { itInTurn } from "../../helpers/today.ts";
import { applyBoard, claimedTask, collectAll, launchOf, openApplyBoard } from "./apply-board.ts";
import { collectCall, dieAt, effectCall, expectTidy, runEnded, startAgain } from "./crash-board.ts";
import { DAYS_APART, points } from "./crash-points.ts";

// A third of them each day.
const it = itInTurn(0, DAYS_APART);

const LAUNCH_POINTS = points(
  "apply.worktree.before-ensure",
  "apply.worktree.after-ensure",
  "apply.inputs",
  "apply.launch.before-s",
  "apply.launch.after-s",
  "apply.context",
  "process.start.after-record",
);

describe("killed at any step of a launch", () => {
  it.each(LAUNCH_POINTS)("%s: the agent runs exactly once", async (point) => {
    const board = await applyBoard(
      {
        "board/doing/a.md": claimedTask('echo x >> "$(git rev-parse --git-common-dir)/count"\necho new > new.txt'),
      },
      { settings: { worktree: { copy: [".env"], setup: [], pool: 2 } } },
    );
    board.write(".env", "X=1\n");
    await dieAt(point, board, effectCall(launchOf("a")));
    await startAgain(board);
    await board.run(launchOf("a"));
    await board.over();
    await collectAll(board);

    expect(readFileSync(join(board.root, ".git/count"), "utf8")).toBe("x\n");
    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "done", attempt: 1 });
    expect(await board.git("show", "kanband/a:new.txt")).toBe("new");
    await expectTidy(board);
  });

  it.each(points("apply.launch.before-refusal", "apply.launch.after-refusal"))(
    "%s: the refusal stands",
    async (point) => {
      const board = await applyBoard({ "board/doing/a.md": claimedTask("true") });
      await dieAt(point, board, effectCall(launchOf("a", { agent: "nobody" })));
      await board.run(launchOf("a", { agent: "nobody" }));
      expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "failed", failure: "setup" });
    },
  );
});

const COLLECT_POINTS = points("apply.collect");

describe("killed at any step of a collection", () => {
  it.each([
    ...COLLECT_POINTS,
    ...points("apply.work.before-commit", "apply.work.after-commit", "git.capture.after-branch"),
  ])("%s: work that ended well is on the branch, said once", async (point) => {
    const board = await runEnded("echo said\necho new > new.txt");
    await dieAt(point, board, collectCall(board));
    await startAgain(board);
    await collectAll(board);

    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "done", failure: null });
    expect(board.read("sessions/a/engineer.md").match(/^- .*> said$/gm)).toHaveLength(1);
    expect(await board.git("show", "kanband/a:new.txt")).toBe("new");
    expect(await board.git("rev-list", "--count", "main..kanband/a")).toBe("1");
    await expectTidy(board);
  });

  it.each([...points("apply.collect.after-o", "apply.collect.before-s", "apply.work.before-p", "apply.work.after-p")])(
    "%s: failed work is set aside, the branch is back",
    async (point) => {
      const board = await runEnded("git commit -q --allow-empty -m mine\necho new > new.txt\nexit 3");
      await dieAt(point, board, collectCall(board));
      await startAgain(board);
      await collectAll(board);

      expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({
        state: "failed",
        failure: "agent",
        exitCode: 3,
      });
      expect(await board.git("rev-parse", "kanband/a")).toBe(await board.git("rev-parse", "main"));
      expect(await board.git("show", "refs/kanband/preserved/a/1:new.txt")).toBe("new");
      expect((await board.look()).worktrees).toMatchObject([{ taskId: null }]);
      await expectTidy(board);
    },
  );

  it.each(points("apply.tampering", "git.restore"))("%s: what was moved is put back, and told", async (point) => {
    const board = await runEnded(
      "git commit -q --allow-empty -m mine\ngit update-ref refs/heads/main HEAD\necho x > ../../../.git/hooks/update",
    );
    const before = await board.git("rev-parse", "main~1");
    await dieAt(point, board, collectCall(board));
    await startAgain(board);
    await collectAll(board);
    expect(await board.git("rev-parse", "main")).toBe(before);
    expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({
      state: "failed",
      reason: expect.stringMatching(/changed hooks\/update; moved refs\/heads\/main/),
    });
    expect(existsSync(join(board.root, ".git/hooks/update"))).toBe(false);
    await expectTidy(board);
  });
});

it.each(points("apply.guard"))("killed at %s: what was broken is mended, and told", async (point) => {
  const board = await runEnded("echo garbage >> ../../../.git/index");
  await dieAt(point, board, collectCall(board));
  await startAgain(board);
  await collectAll(board);
  expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("broke the index; what was there is kept in .git/kanband/kept/"),
  });
  await expectTidy(board);
});

describe("killed while it writes a live session file", () => {
  it.each([...points("apply.sync")])("%s: no line is lost, none comes twice", async (point) => {
    const board = await runEnded("for i in 1 2 3 4 5; do echo line $i; echo err $i >&2; done");
    await dieAt(point, board, "syncSessions(world, readRuns(world.runtimeDir + '/runs'));");
    await startAgain(board);
    const next = await openApplyBoard(board.root);
    await collectAll(next);
    const text = board.read("sessions/a/engineer.md");
    for (const word of ["line", "err"]) {
      expect(text.match(new RegExp(`^- .*[>!] ${word} \\d$`, "gm"))).toHaveLength(5);
    }
  });
});
