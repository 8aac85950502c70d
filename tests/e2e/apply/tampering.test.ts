import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { guardRepository } from "../../../src/apply/guard.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";
import { until } from "./until.ts";

// A third of them each day.
const it = itInTurn(0, 3);

const session = async (board: ApplyBoard) => (await board.look()).sessions.get("a")?.[0];

async function runScript(script: string): Promise<ApplyBoard & { mainBefore: string }> {
  const board = await applyBoard({ "board/doing/a.md": claimedTask(script) });
  await board.git("branch", "other");
  await board.git("branch", "kanband/b");
  const mainBefore = await board.git("rev-parse", "main");
  await runToEnd(board, launchOf("a"));
  return Object.assign(board, { mainBefore });
}

const MAKE_COMMIT = "echo evil > evil.txt\ngit add evil.txt\ngit commit -qm evil\n";

describe("what an agent moves outside its branch is undone, kept and reported", () => {
  it.each([
    ["update-ref", `${MAKE_COMMIT}git update-ref refs/heads/main HEAD`, "main"],
    ["branch -f", `${MAKE_COMMIT}git branch -f other HEAD`, "other"],
    ["another task's branch", `${MAKE_COMMIT}git branch -f kanband/b HEAD`, "kanband/b"],
  ])("a ref, by %s", async (_, script, branch) => {
    const board = await runScript(script);
    expect(await board.git("rev-parse", branch)).toBe(board.mainBefore);
    expect(await session(board)).toMatchObject({
      state: "failed",
      failure: "agent",
      reason: expect.stringContaining(`moved refs/heads/${branch}`),
    });
    expect(await board.git("for-each-ref", "--format=%(subject)", "refs/kanband/preserved")).toContain("evil");
    expect(await board.git("status", "--porcelain", "--", "src", "board")).toBe("");
  });

  it.each([
    ["a hook", "cp /bin/true ../../../.git/hooks/post-checkout", "hooks/post-checkout"],
    ["the configuration", "git config core.fsmonitor ./evil.sh", "config"],
    ["the symbolic ref of the board", "git symbolic-ref refs/kanband/board refs/heads/other", "refs/kanband/board"],
  ])("%s", async (_, script, name) => {
    const board = await runScript(script);
    expect((await session(board))?.reason).toContain(name);
    expect(existsSync(join(board.root, ".git/hooks/post-checkout"))).toBe(false);
    expect(readFileSync(join(board.root, ".git/config"), "utf8")).not.toContain("fsmonitor");
    expect(await board.git("symbolic-ref", "refs/kanband/board")).toBe("refs/heads/main");
  });

  it.each([
    ["a branch", "theirs", "a/1"],
    // As the daemon keeps what it drops: a squash is none of its commits.
    ["another task's branch", "kanband/b%20c", "b%20c/1"],
  ])("%s that is deleted is kept, once", async (_, branch, kept) => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask(`git branch -D ${branch}`) });
    await board.git("checkout", "-q", "-b", branch);
    board.write("src/theirs.txt", "theirs\n");
    await board.git("add", "src");
    await board.git("commit", "-qm", "theirs");
    await board.git("checkout", "-q", "main");
    await runToEnd(board, launchOf("a"));
    expect(await board.git("show", `refs/kanband/preserved/${kept}:src/theirs.txt`)).toBe("theirs");
    expect(await board.git("for-each-ref", "--format=%(refname:lstrip=3)", "refs/kanband/preserved")).toBe(kept);
  });

  it("the daemon's own commits upon a moved base do not hinder it", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask(
        `${MAKE_COMMIT}git update-ref refs/heads/main HEAD\ntouch moved\nwhile [ ! -e go ]; do sleep 0.05; done`,
      ),
    });
    const before = await board.git("rev-parse", "main");
    await board.run(launchOf("a"));
    const worktree = join(board.root, ".kanband/worktrees/w1");
    await until(() => existsSync(join(worktree, "moved")));
    board.write("board/planned/new.md", "# New\n");
    await board.commit();
    expect(await board.git("show", "main:evil.txt")).toBe("evil");
    await board.git("-C", worktree, "commit", "--allow-empty", "-qm", "x").catch(() => undefined);
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await collectAll(board);

    expect(await board.git("rev-parse", "main")).toBe(before);
    // What the daemon had committed upon it is on disk, and committed again.
    await board.commit();
    expect(await board.git("show", "main:board/planned/new.md")).toBe("# New");
    expect(await board.git("status", "--porcelain", "--", "src", "board")).toBe("");
  });
});

it("a branch moved or removed as a file comes back, and all runs that may have done it are told", async () => {
  const wait = (go: string): string => `\nwhile [ ! -e ${go} ]; do sleep 0.05; done`;
  const hand = [
    "GIT=$(git rev-parse --path-format=absolute --git-common-dir)",
    `git commit-tree -m evil HEAD^{tree} > "$GIT/refs/heads/moved"`,
    `rm "$GIT/refs/heads/removed"`,
    `mkdir "$GIT/refs/heads/removed"; git rev-parse HEAD > "$GIT/refs/heads/removed/in-the-way"`,
    `rm "$GIT/refs/heads/theirs"`,
    `echo ${"1".repeat(40)} > "$GIT/refs/heads/never"`,
    "touch ready",
  ];
  const board = await applyBoard({
    "board/doing/a.md": claimedTask(`${hand.join("\n")}${wait("go")}`),
    "board/doing/b.md": claimedTask(`touch ready${wait("go")}`),
  });
  for (const name of ["moved", "never", "theirs"]) await board.git("branch", name);
  const lost = await board.git("commit-tree", "-m", "lost", "HEAD^{tree}");
  await board.git("branch", "removed", lost);
  const main = await board.git("rev-parse", "main");
  const ready = (name: string) => until(() => existsSync(join(board.root, ".kanband/worktrees", name, "ready")));
  await board.run(launchOf("b", { slot: "B" }));
  await ready("w1");
  await board.run(launchOf("a"));
  await ready("w2");
  // Somebody makes it again, before anybody looked.
  await board.git("branch", "theirs", lost);
  for (const name of ["w2", "w1"]) {
    board.write(`.kanband/worktrees/${name}/go`, "");
    await until(() =>
      board
        .runs()
        .some(({ state, record }) => state === "exited" && (record as { worktree: string }).worktree.endsWith(name)),
    );
    await collectAll(board);
  }

  expect(await board.git("rev-parse", "moved", "never", "theirs")).toBe([main, main, lost].join("\n"));
  const kept = await board.git("log", "--format=%s", "--glob=refs/kanband/preserved/a/*", "--not", "main");
  expect(kept.split("\n").toSorted()).toEqual(["Save what engineer left uncommitted on a", "evil", "lost"]);
  const { sessions } = await board.look();
  for (const id of ["a", "b"]) {
    const { state, reason } = sessions.get(id)?.[0] ?? {};
    expect(state).toBe("failed");
    for (const it of ["moved refs/heads/moved", "moved refs/heads/never", "removed refs/heads/removed"])
      expect(reason).toContain(`${it} by hand`);
    expect(reason).not.toContain("theirs");
  }
  expect(board.complaints).toEqual([]);
});

it("worktrees that it makes are given to nobody, kept, and gone at its end", async () => {
  const lines = [
    "git worktree add -q --detach aab",
    "git worktree add -q --detach ../mine",
    "git worktree add -q --detach ../w7",
    "echo nested > aab/nested.txt",
    "(cd ../mine && echo side > side.txt && git add side.txt && git commit -qm side)",
    "echo seven > ../w7/seven.txt",
    "echo own > own.txt",
    "touch ready",
    "while [ ! -e go ]; do sleep 0.05; done",
  ];
  const files = {
    "board/doing/a.md": claimedTask(lines.join("\n")),
    "board/doing/b.md": claimedTask("echo b > b.txt"),
  };
  const board = await applyBoard(files);
  await board.run(launchOf("a"));
  await until(() => existsSync(join(board.root, ".kanband/worktrees/w1/ready")));
  expect((await board.look()).worktrees.map(({ name }) => name)).toEqual(["w1"]);
  await board.run({ kind: "warm", worktree: "w7" });
  await board.run(launchOf("b", { slot: "B" }));
  await until(() =>
    board.runs().some(({ record, state }) => state === "exited" && (record as { taskId: string }).taskId === "b"),
  );
  board.write(".kanband/worktrees/w1/go", "");
  await board.over();
  await collectAll(board);

  expect(await board.git("show", "kanband/b:b.txt")).toBe("b");
  const kept = await board.git("log", "--stat", "--format=", "--glob=refs/kanband/preserved/a/*", "--not", "main");
  for (const name of ["nested.txt", "side.txt", "seven.txt", "own.txt"]) expect(kept).toContain(` ${name} `);
  expect(kept).not.toContain("aab");
  expect((await board.git("worktree", "list")).match(/(?<=worktrees\/)\S+/g)).toEqual(["w1", "w2"]);
  for (const name of ["w1/aab", "mine", "w7"])
    expect(existsSync(join(board.root, ".kanband/worktrees", name))).toBe(false);
  expect(await session(board)).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("made the worktree mine; made the worktree w1/aab; made the worktree w7"),
  });
  expect(board.complaints).toEqual([]);
});

describe("what people do meanwhile is theirs", () => {
  it("commits, branches, tags, stashes, remotes: the run is done, nothing is put back", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask("touch started\nwhile [ ! -e go ]; do sleep 0.05; done"),
    });
    await board.run(launchOf("a"));
    board.write("src/app.txt", "mine\n");
    await board.git("commit", "-qam", "Mine");
    await board.git("branch", "feature");
    await board.git("tag", "v1");
    board.write("src/app.txt", "stashed\n");
    await board.git("stash", "-q");
    await board.git("remote", "add", "origin", "https://example.invalid/x.git");
    await board.git("config", "branch.main.remote", "origin");
    const refs = await board.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash");
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await collectAll(board);

    expect(await session(board)).toMatchObject({ state: "done" });
    const after = await board.git("for-each-ref", "refs/heads", "refs/tags", "refs/stash");
    expect(after.replace(/.*kanband\/a\n?/, "")).toBe(refs.replace(/.*kanband\/a\n?/, ""));
    expect(await board.git("config", "branch.main.remote")).toBe("origin");
  });

  it("what they do to branches, HEAD, the index and packed refs: nothing is mended", async () => {
    const board = await applyBoard({ "board/doing/a.md": claimedTask("while [ ! -e go ]; do sleep 0.05; done") });
    for (const name of ["old", "gone", "packed"]) await board.git("branch", name);
    await board.git("pack-refs", "--all");
    await board.run(launchOf("a"));
    const heads: string[] = [];
    const look = async (): Promise<void> => {
      await guardRepository(board.world, { isAll: true });
      heads.push(readFileSync(join(board.root, ".git/HEAD"), "utf8").trim());
    };
    await board.git("switch", "-q", "-c", "mine");
    await look();
    await board.git("branch", "-m", "mine", "renamed");
    await look();
    await board.git("checkout", "-q", "--detach");
    await look();
    await board.git("switch", "-q", "old");
    await board.git("symbolic-ref", "HEAD", "refs/heads/renamed");
    await look();
    await board.git("switch", "-q", "main");
    await board.git("switch", "-q", "--orphan", "fresh");
    await look();
    await board.git("commit", "-q", "--allow-empty", "-m", "Begin");
    await look();
    await board.git("switch", "-q", "main");
    await board.git("branch", "-m", "main", "trunk");
    await look();
    await board.git("branch", "-m", "trunk", "main");
    await board.git("branch", "-qD", "gone");
    await board.git("branch", "-f", "packed", await board.git("commit-tree", "-m", "x", "HEAD^{tree}"));
    await board.git("gc", "--quiet");
    await board.git("update-ref", "refs/heads/by-id", "HEAD");
    board.write("src/new.txt", "new\n");
    await board.git("add", "src/new.txt");
    appendFileSync(join(board.root, ".git/info/exclude"), "*.log\n");
    await look();
    const main = await board.git("rev-parse", "HEAD");
    expect(heads).toEqual([
      "ref: refs/heads/mine",
      "ref: refs/heads/renamed",
      main,
      "ref: refs/heads/renamed",
      "ref: refs/heads/fresh",
      "ref: refs/heads/fresh",
      "ref: refs/heads/trunk",
      "ref: refs/heads/main",
    ]);
    const refs = await board.git("for-each-ref", "refs/heads");
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await collectAll(board);

    expect(board.complaints).toEqual([]);
    expect(await session(board)).toMatchObject({ state: "done" });
    expect((await board.git("for-each-ref", "refs/heads")).replace(/.*kanband\/a\n/, "")).toBe(
      refs.replace(/.*kanband\/a\n/, ""),
    );
    expect(await board.git("diff", "--cached", "--name-only")).toBe("src/new.txt");
    expect(readFileSync(join(board.root, ".git/info/exclude"), "utf8")).toContain("*.log");
  });

  it("their commit upon a base that an agent moved is not taken back, but told", async () => {
    const board = await applyBoard({
      "board/doing/a.md": claimedTask(
        `${MAKE_COMMIT}git update-ref refs/heads/main HEAD\ntouch moved\nwhile [ ! -e go ]; do sleep 0.05; done`,
      ),
    });
    await board.run(launchOf("a"));
    await until(() => existsSync(join(board.root, ".kanband/worktrees/w1/moved")));
    board.write("src/app.txt", "mine\n");
    await board.git("commit", "-qm", "Mine", "--", "src/app.txt");
    const mine = await board.git("rev-parse", "main");
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await collectAll(board);
    expect(await board.git("rev-parse", "main")).toBe(mine);
    expect((await session(board))?.reason).toContain("others moved it since");
  });
});
