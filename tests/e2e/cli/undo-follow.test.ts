import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LANES } from "../../../src/board/lane.ts";
import { type Git, gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { eventually, runCli, runCliJson, startCli } from "../../helpers/run-cli.ts";
import { someToday, turnsOf } from "../../helpers/today.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

type Undone = { lane: string; wasLane: string; action: { kind: string }; preserved: string[]; left: object | null };

/** All that an undo is to bring back: where the file lies, what the branch is, what it holds of others, the base. */
type State = { lanes: string[]; tip: string; stack: string; main: string };

async function stateOf(root: string, git: Git, id: string): Promise<State> {
  return {
    lanes: LANES.filter((lane) => readdirSync(join(root, "board", lane)).includes(`${id}.md`)),
    tip: await git("rev-parse", `kanband/${id}`),
    stack: await git("for-each-ref", "--format=%(refname) %(objectname)", `refs/kanband/stack/${id}`),
    main: await git("ls-tree", "-r", "main", "--", "code.txt", "low.txt", "up.txt"),
  };
}

/** A commit of a person's on the branch of a task. */
async function commitOn(git: Git, id: string, files: Readonly<Record<string, string>>): Promise<void> {
  const theirs = join(tempFolder(), "theirs");
  await git("worktree", "add", "-q", theirs, `kanband/${id}`);
  writeFiles(theirs, files);
  await gitAt(theirs)("add", "--all");
  await gitAt(theirs)("commit", "-q", "-m", `More of ${id}`);
  await git("worktree", "remove", theirs);
}

const UP = "[ ! -e go-on ] || exit 1\n[ -e up.txt ] && sleep 600\necho up > up.txt";

/** `up` stands on `low`, and both are in review. */
async function stack(script = UP) {
  const { root, git } = await boardRepo({
    "board/planned/low.md": shellTask("echo low > low.txt"),
    "board/planned/up.md": shellTask(script, "stack: true\ndependencies: [low]\n"),
  });
  await runCli(root, ["up", "--until-idle"]);
  expect((await stateOf(root, git, "up")).lanes).toEqual(["for_review"]);
  return { root, git };
}

const undo = async (root: string, id: string): Promise<Undone> => await runCliJson<Undone>(root, ["undo", id]);

/** Asked once more: whether nothing is left to wait for. */
async function isPutBack(root: string, id: string): Promise<boolean> {
  const { exitCode, stdout } = await runCli(root, ["undo", id, "--json"]);
  if (exitCode !== 0) return false;
  const undone: Undone = JSON.parse(stdout);
  return undone.left === null;
}

const KILLS = ["apply.undo.after-record", "apply.undo.after-file", "apply.undo.after-refs"];
// A quarter of what takes a whole board, and a daemon beside it, each day.
const isTurn = turnsOf(0, 4);

describe("undo of a branch that followed the one below it", () => {
  it("brings back file, branch and record, and it stays so until something changes again", async () => {
    const { root, git } = await stack();
    const before = await stateOf(root, git, "up");
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    await runCli(root, ["up", "--until-idle"]);
    expect(await git("show", "kanband/up:low.txt")).toBe("low\nmore");

    expect(await undo(root, "up")).toMatchObject({ lane: "for_review", action: { kind: "follow" }, preserved: [] });
    expect(await stateOf(root, git, "up")).toEqual(before);
    await runCli(root, ["up", "--until-idle"]);
    expect(await stateOf(root, git, "up")).toEqual(before);
    expect((await runCli(root, ["why", "up"])).stdout).toMatch(
      /low, which it stands on, has changed: it was taken back to where it was, and follows when you accept it/,
    );
    expect(await git("status", "--porcelain")).toBe("");

    await commitOn(git, "low", { "low.txt": "low\nmore\nand more\n" });
    await runCli(root, ["up", "--until-idle"]);
    expect(await git("show", "kanband/up:low.txt")).toBe("low\nmore\nand more");
  });

  it.runIf(isTurn())(
    "and what followed the base, once that has the work below: it stays so until it is accepted",
    async () => {
      const { root, git } = await stack();
      writeFiles(root, { "board/board.md": "---\nagent: shell\ngrace: 1s\nmerge_style: squash\n---\n" });
      const before = await stateOf(root, git, "up");
      await runCli(root, ["accept", "low"]);
      await runCli(root, ["up", "--until-idle"]);
      const followed = await stateOf(root, git, "up");
      expect([followed.tip === before.tip, followed.stack]).toEqual([false, ""]);

      await undo(root, "up");
      expect(await stateOf(root, git, "up")).toEqual({ ...before, main: followed.main });
      await runCli(root, ["up", "--until-idle"]);
      expect(await stateOf(root, git, "up")).toEqual({ ...before, main: followed.main });
      await runCli(root, ["accept", "up"]);
      await runCli(root, ["up", "--until-idle"]);
      expect(await git("show", "main:low.txt", "main:up.txt")).toBe("low\nup");
      expect(await git("for-each-ref", "refs/kanband/stack", "refs/heads/kanband")).toBe("");
    },
  );

  it.runIf(isTurn())("beside a daemon, too, which leaves it alone", async () => {
    const { root, git } = await stack();
    const before = await stateOf(root, git, "up");
    const daemon = startCli(root, ["up"]);
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    writeFiles(root, { "board/backlog/other.md": "# Somebody looks\n" });
    await eventually("it is checked as it is now", async () => {
      const tip = await git("rev-parse", "kanband/up");
      const isChecked = readFileSync(join(root, "sessions/up/checks.md"), "utf8").includes(tip);
      return tip !== before.tip && isChecked && (await stateOf(root, git, "up")).lanes[0] === "for_review";
    });

    await undo(root, "up");
    writeFiles(root, { "board/backlog/another.md": "# Somebody looks again\n" });
    await eventually("it says why", async () => (await runCli(root, ["why", "up"])).stdout.includes("was taken back"));
    expect(await stateOf(root, git, "up")).toEqual(before);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  it.runIf(isTurn())("beside a daemon that takes it through its checks: they are stopped first", async () => {
    const { root, git } = await stack();
    const before = await stateOf(root, git, "up");
    const verify = "[ ! -e low.txt ] || ! grep -q more low.txt || (touch ../begun; sleep 600)";
    writeFiles(root, { "board/board.md": `---\nagent: shell\ngrace: 1s\nverify: ["${verify}"]\n---\n` });
    const daemon = startCli(root, ["up"]);
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    writeFiles(root, { "board/backlog/other.md": "# Somebody looks\n" });
    await eventually("it is being checked", async () => {
      const { runs } = await runCliJson<{ runs: { task: string }[] }>(root, ["status"]);
      return runs.length > 0;
    });
    expect(await undo(root, "up")).toMatchObject({ lane: "for_review", left: { kind: "follow" } });
    await eventually("its branch is put back", async () => await isPutBack(root, "up"));
    expect(await stateOf(root, git, "up")).toEqual(before);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  it.runIf(isTurn())("in done/ beside a daemon: nothing follows and nothing runs again", async () => {
    const { root, git } = await stack("echo . >> ../../../.git/runs; echo up > up.txt");
    const before = await stateOf(root, git, "up");
    const daemon = startCli(root, ["up"]);
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    await runCli(root, ["accept", "up"]);
    await eventually("it followed", async () => (await git("rev-parse", "kanband/up")) !== before.tip);
    // Its new branch may be looked at just then, which is stopped first.
    await eventually("its branch is put back", async () => await isPutBack(root, "up"));
    writeFiles(root, { "board/backlog/other.md": "# Somebody looks\n" });
    await eventually("it says why", async () => (await runCli(root, ["why", "up"])).stdout.includes("was taken back"));
    await runCli(root, ["down"]);
    await daemon.ended;
    await runCli(root, ["up", "--until-idle"]);
    expect(await stateOf(root, git, "up")).toEqual(before);
    expect(readFileSync(join(root, ".git/runs"), "utf8")).toBe(".\n");
  });

  it.runIf(isTurn())("of one of two that it stands on: it follows the other all the same", async () => {
    const { root, git } = await boardRepo({
      "board/planned/low.md": shellTask("echo low > low.txt"),
      "board/planned/side.md": shellTask("echo side > side.txt"),
      "board/planned/up.md": shellTask("echo up > up.txt", "stack: true\ndependencies: [low, side]\n"),
    });
    await runCli(root, ["up", "--until-idle"]);
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    await runCli(root, ["up", "--until-idle"]);
    await undo(root, "up");
    await commitOn(git, "side", { "side.txt": "side\nmore\n" });
    await runCli(root, ["up", "--until-idle"]);
    expect(await git("show", "kanband/up:side.txt")).toBe("side\nmore");
  });

  it.each(someToday(KILLS, 6))("killed at %s: asked again where it has to be, it is as it was", async (point) => {
    const { root, git } = await stack();
    const before = await stateOf(root, git, "up");
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    await runCli(root, ["up", "--until-idle"]);
    const failed = await runCli(root, ["undo", "up"], { env: { KANBAND_FAILPOINTS: `${point}=kill` } });
    expect(failed.exitCode).toBe(128);
    if (point !== "apply.undo.after-refs") await undo(root, "up");
    await runCli(root, ["up", "--until-idle"]);
    expect(await stateOf(root, git, "up")).toEqual(before);
  });

  it("changes nothing while somebody has the branch checked out, or where the disk is full", async () => {
    const { root, git } = await stack();
    await commitOn(git, "low", { "low.txt": "low\nmore\n" });
    await runCli(root, ["up", "--until-idle"]);
    const now = await stateOf(root, git, "up");
    const record = readFileSync(join(root, "sessions/up/restack.md"), "utf8");
    const theirs = join(tempFolder(), "theirs");
    await git("worktree", "add", "-q", theirs, "kanband/up");
    expect((await runCli(root, ["undo", "up"])).stderr).toContain(`kanband/up is checked out in ${theirs}`);
    await git("worktree", "remove", theirs);
    const env = { KANBAND_FAILPOINTS: "apply.undo.after-file=ENOSPC" };
    expect((await runCli(root, ["undo", "up"], { env })).exitCode).toBe(70);

    expect(await stateOf(root, git, "up")).toEqual(now);
    expect(readFileSync(join(root, "sessions/up/restack.md"), "utf8")).toBe(record);
  });
});

describe("undo of the base that came into a branch, for a rework that is to mend a conflict", () => {
  const MINE = "grep -q '<<<<<<< ' code.txt && touch ../../../.git/begun && sleep 600\necho two > code.txt";

  /** `two` is at work on its conflict with `one`, which is merged. */
  async function inConflict() {
    const { root, git } = await boardRepo({
      "board/planned/one.md": shellTask("echo one and more > code.txt"),
      "board/planned/two.md": shellTask(MINE),
    });
    await runCli(root, ["up", "--until-idle"]);
    await runCli(root, ["accept", "one"]);
    await runCli(root, ["up", "--until-idle"]);
    const tip = await git("rev-parse", "kanband/two");
    const main = await git("rev-parse", "main:code.txt");
    await runCli(root, ["accept", "two"]);
    const daemon = startCli(root, ["up"]);
    await eventually("its agent sees the conflict", () => existsSync(join(root, ".git/begun")));
    expect(await git("rev-parse", "kanband/two")).not.toBe(tip);
    return { root, git, tip, main, daemon };
  }

  it.runIf(isTurn())("after a rework that failed: the file first, then the branch", async () => {
    const { root, git } = await boardRepo({
      "board/planned/one.md": shellTask("echo one and more > code.txt"),
      "board/planned/two.md": shellTask("grep -q '<<<<<<< ' code.txt && sleep 1.2 && exit 1\necho two > code.txt"),
    });
    await runCli(root, ["up", "--until-idle"]);
    await runCli(root, ["accept", "one"]);
    await runCli(root, ["up", "--until-idle"]);
    const tip = await git("rev-parse", "kanband/two");
    await runCli(root, ["accept", "two"]);
    await runCli(root, ["up", "--until-idle"]);
    expect((await stateOf(root, git, "two")).lanes).toEqual(["blocked"]);

    expect(await undo(root, "two")).toMatchObject({
      lane: "doing",
      action: { kind: "edit" },
      left: { kind: "follow" },
    });
    expect(await undo(root, "two")).toMatchObject({ action: { kind: "follow" } });
    expect(await git("rev-parse", "kanband/two")).toBe(tip);
  });

  it.runIf(isTurn())("beside a daemon: first the run is stopped, then the branch is put back", async () => {
    const { root, git, tip, main, daemon } = await inConflict();
    const { stdout } = await runCli(root, ["undo", "two"]);
    expect(stdout).toContain("in for_review/ now");
    expect(stdout).toContain("undo two once more, as soon as nothing is at work on it");
    await eventually("its branch is put back", async () => await isPutBack(root, "two"));

    expect(await git("rev-parse", "kanband/two", "main:code.txt")).toBe(`${tip}\n${main}`);
    expect((await stateOf(root, git, "two")).lanes).toEqual(["for_review"]);
    expect(await git("show", "refs/kanband/preserved/two/1:code.txt")).toContain("<<<<<<< ");
    daemon.kill("SIGTERM");
    await daemon.ended;
  });

  it.runIf(isTurn())("without one: the branch first, then the file, which is accepted again", async () => {
    const { root, git, tip, main, daemon } = await inConflict();
    await runCli(root, ["down", "--stop-runs"]);
    await daemon.ended;

    expect(await undo(root, "two")).toMatchObject({ lane: "doing", wasLane: "doing", action: { kind: "follow" } });
    expect(await git("rev-parse", "kanband/two", "main:code.txt")).toBe(`${tip}\n${main}`);
    expect(await undo(root, "two")).toMatchObject({ lane: "done", action: { kind: "edit", intent: "requeue" } });
    expect(await git("rev-parse", "kanband/two", "main:code.txt")).toBe(`${tip}\n${main}`);
    expect(await git("worktree", "list")).not.toContain("[kanband/two]");
  });
});

it("undo of the assignment of a rework, without a daemon, brings back branch and worktree, and keeps what was done", async () => {
  const { root, git } = await boardRepo({
    "board/planned/a.md": shellTask(
      "echo . >> a.txt; [ $(wc -l < a.txt) = 1 ] || { touch ../../../.git/begun; sleep 600; }",
    ),
  });
  await runCli(root, ["up", "--until-idle"]);
  const tip = await git("rev-parse", "kanband/a");
  await runCli(root, ["rework", "a", "-m", "Once more"]);
  const daemon = startCli(root, ["up"]);
  await eventually("its agent is at work", () => existsSync(join(root, ".git/begun")));
  await runCli(root, ["down", "--stop-runs"]);
  await daemon.ended;

  expect(await undo(root, "a")).toMatchObject({ lane: "planned", preserved: ["refs/kanband/preserved/a/1"] });
  expect(await git("rev-parse", "kanband/a")).toBe(tip);
  expect(await git("show", "refs/kanband/preserved/a/1:a.txt")).toBe(".\n.");
  expect(await git("worktree", "list")).not.toContain("[kanband/a]");
});
