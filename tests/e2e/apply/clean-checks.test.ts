import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd, settleRuns } from "./apply-board.ts";

// A quarter of them each day.
const it = itInTurn(2, 4);

const FILES = { ".gitignore": "/bin/\n", "check.sh": "grep -q two src/app.txt\n", "tests/app.sh": "exit 1\n" };

async function worked(script: string, settings: Partial<Settings>, keys = ""): Promise<ApplyBoard> {
  const board = await applyBoard({ ...FILES, "board/doing/a.md": claimedTask(script, keys) }, { settings });
  await board.git("branch", "other");
  await runToEnd(board, launchOf("a"));
  await board.commit();
  return board;
}

async function checked(board: ApplyBoard) {
  await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 1 });
  await board.over();
  await collectAll(board);
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "checks");
}

async function merged(board: ApplyBoard) {
  await board.git("mv", "board/doing/a.md", "board/done/a.md");
  await board.git("commit", "-qm", "Accept a");
  await board.run({ kind: "merge", taskId: "a" });
  await settleRuns(board);
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

describe("verify", () => {
  it("runs in a clean checkout: nothing that git does not know is there, and the worktree of the task stays", async () => {
    const plant = "echo two > src/app.txt; mkdir bin; echo 'exit 0' > bin/tool; echo kept > bin/kept";
    const board = await worked(plant, { verify: ["test -e bin/tool"] });
    expect(await checked(board)).toMatchObject({ verdict: "must-fix", reason: "`test -e bin/tool` exited with 1" });
    expect(existsSync(join(board.root, ".kanband/worktrees/w1/bin/kept"))).toBe(true);
    expect(existsSync(join(board.root, ".kanband/worktrees/w2/bin"))).toBe(false);
  });

  const lie = "echo 'exit 0' | tee check.sh tests/app.sh > tests/new.sh";
  const checks = { ...DEFAULTS.checks, config: ["check.sh"], tests: ["tests/**"] };

  it("has the configuration of the base, whatever the branch made of it, also when it is merged", async () => {
    const board = await worked(lie, { checks, verify: ["sh check.sh"] });
    expect(await checked(board)).toMatchObject({ reason: "`sh check.sh` exited with 1" });
    expect(board.read("sessions/a/checks.md")).toMatch(
      /CONFIRMED: `verify` runs with .* base: as they are at [0-9a-f]{12}: check\.sh, tests\/app\.sh, tests\/new\.sh/,
    );
    const unchecked = await worked(lie, { checks, verify: ["sh check.sh"] });
    expect(await merged(unchecked)).toMatchObject({ reason: "`sh check.sh` exited with 1", verdict: "checks-failed" });
  });

  it.each([
    ["are the base's where the task may not touch them", "", /^`sh tests\/app\.sh` exited with 1$/],
    ["are the branch's where it may", "touches: ['tests/**', check.sh]\n", null],
  ])("its tests %s", async (_, keys, reason) => {
    const board = await worked(lie, { checks, verify: ["sh tests/app.sh"] }, keys);
    const session = await checked(board);
    if (reason === null) expect(session).toMatchObject({ verdict: "clean" });
    else expect(session?.reason).toMatch(reason);
  });

  const overwrite = "echo two > src/app.txt; echo 'echo exit 0 > tests/app.sh' > build.sh";

  it.each([
    [
      "a command before them",
      ["sh build.sh"],
      [],
      /^tests\/app\.sh was changed by `sh build\.sh` while the checks ran$/,
    ],
    [
      "the set-up",
      [],
      ["test ! -e build.sh || sh build.sh"],
      /^tests\/app\.sh was changed by the setup of the worktree while the checks ran$/,
    ],
    [
      "a command that runs them itself",
      ["sh build.sh; sh tests/app.sh; echo 'exit 1' > src/x"],
      [],
      /^tests\/app\.sh was/,
    ],
  ])("refutes tests that %s writes anew, also when it is merged", async (_, before, setup, reason) => {
    const settings = { checks, verify: [...before, "sh tests/app.sh"], worktree: { copy: [], setup, pool: 2 } };
    const board = await worked(overwrite, settings);
    expect(await checked(board)).toMatchObject({ verdict: "must-fix", reason: expect.stringMatching(reason) });
    expect(board.read("sessions/a/checks.md")).toMatch(/REFUTED: the tests and the configuration stay as they are/);
    const unchecked = await worked(overwrite, settings);
    const refused = { verdict: "checks-failed", reason: expect.stringMatching(reason) };
    expect(await merged(unchecked)).toMatchObject(refused);
  });

  it("leaves its tests to a command that writes something else beside them", async () => {
    const keys = "touches: ['tests/**', 'src/**']\n";
    const settings = { checks, verify: ["echo x > tests/out.txt; touch tests/app.sh", "sh tests/app.sh"] };
    const board = await worked("echo 'exit 0' > \"tests/app.sh\"; echo y > 'tests/a b.txt'", settings, keys);
    expect(await checked(board)).toMatchObject({ verdict: "clean" });
  });

  const move = "git commit -q --allow-empty -m evil && git update-ref refs/heads/other HEAD";
  const plant = "echo 'exit 0' > ../../../.git/hooks/post-checkout";

  it.each([
    ["moves a branch", move, /the checks changed the repository: .*moved refs\/heads\/other/],
    ["plants a hook", plant, /the checks changed the repository: .*hooks\/post-checkout/],
    ["does so and ends its own supervisor", `${plant}; kill -9 0`, /hooks\/post-checkout/],
  ])("that %s is refuted, and it is undone", async (_, command, reason) => {
    const board = await worked("echo two > src/app.txt", { verify: [command] });
    const before = await board.git("rev-parse", "other");
    expect(await checked(board)).toMatchObject({ state: "failed", verdict: "must-fix" });
    expect(board.read("sessions/a/checks.md")).toMatch(/REFUTED: its commands leave the repository as it is/);
    expect((await board.look()).sessions.get("a")?.find(({ step }) => step === "checks")?.reason).toMatch(reason);
    expect(await board.git("rev-parse", "other")).toBe(before);
    expect(existsSync(join(board.root, ".git/hooks/post-checkout"))).toBe(false);
    const unchecked = await worked("echo two > src/app.txt", { verify: [command] });
    const merge = await merged(unchecked);
    expect(merge).toMatchObject({ verdict: "checks-failed", reason: expect.stringMatching(reason) });
    expect(await unchecked.git("rev-parse", "other")).toBe(await unchecked.git("rev-parse", "main~2"));
  });
});
