import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import {
  agentsOf,
  boardCommitted,
  expectSound,
  inLane,
  inState,
  kanband,
  numbersIn,
  sessionText,
  settled,
  soon,
  status,
} from "../../helpers/board-watch.ts";
import { gitAt, gitRepo, tempFolder } from "../../helpers/git-repo.ts";
import { type LiveBoard, liveBoard, shellTask, until } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(3, 4);

/** As long as a slow `git gc` or an editor of a commit message may hold it. */
const LOCK_MS = 20_000;

/** Says numbered lines until it is told to end. */
const LONG = [
  "echo start >> ../../../.git/journal; echo long > long.txt; n=0",
  'while [ ! -e ../../../.git/go ]; do n=$((n + 1)); echo "line $n"; sleep 0.2; done',
].join("\n");

/** A board with one task that runs and one slot that is free. */
async function busyBoard(): Promise<LiveBoard> {
  const board = await liveBoard();
  await board.git("switch", "--quiet", "--create", "side");
  board.write("src/app.txt", "side\n");
  await board.git("commit", "--quiet", "--all", "--message", "Side");
  await board.git("switch", "--quiet", "main");
  board.write("src/app.txt", "main\n");
  await board.git("commit", "--quiet", "--all", "--message", "Main");
  await board.start();
  board.write("board/planned/long.md", shellTask(LONG));
  await soon(board, "the long one has said something", () => numbersIn(sessionText(board, "long"), "line").length > 1);
  await boardCommitted(board);
  return board;
}

type Disturbance = { name: string; state: string; begin(board: LiveBoard): Promise<unknown>; end: readonly string[] };

const DISTURBANCES: readonly Disturbance[] = [
  {
    name: "another branch",
    state: "elsewhere",
    begin: (board) => board.git("switch", "--quiet", "--create", "elsewhere"),
    end: ["switch", "--quiet", "main"],
  },
  {
    name: "a detached HEAD, at a commit without a board",
    state: "elsewhere",
    begin: (board) => board.git("checkout", "--quiet", "--detach", ":/Seed the board"),
    end: ["switch", "--quiet", "main"],
  },
  {
    name: "a merge in conflict",
    state: "operation",
    begin: (board) => board.git("merge", "side").catch(() => undefined),
    end: ["merge", "--abort"],
  },
  {
    name: "a rebase that stopped",
    state: "operation",
    begin: (board) => board.git("rebase", "--exec", "false", "HEAD~1").catch(() => undefined),
    end: ["rebase", "--abort"],
  },
];

describe("the state of the repository", () => {
  it("nothing starts on another branch, a detached HEAD, in a merge or a rebase; runs go on, and so does the board after it", async () => {
    const board = await busyBoard();
    for (const [at, { name, state, begin, end }] of DISTURBANCES.entries()) {
      await boardCommitted(board);
      await begin(board);
      const id = `new-${at}`;
      board.write(`board/planned/${id}.md`, shellTask(`echo ${at} > ${id}.txt`));
      const shown = await status(board);
      expect(shown.repo.state, name).toBe(state);
      expect(shown.repo.detail, name).not.toBe("");
      expect(agentsOf(board).length, name).toBeGreaterThan(0);
      await sleep(1_000);
      expect(existsSync(join(board.root, `board/planned/${id}.md`)), name).toBe(true);
      expect(existsSync(join(board.root, `sessions/${id}`)), name).toBe(false);
      expect(await board.git("branch", "--list", `kanband/${id}`), name).toBe("");

      await board.git(...end);
      await inLane(board, id, "for_review");
      expect(board.lane("long"), name).toBe("doing");
    }
    board.write(".git/go", "");
    await inLane(board, "long", "for_review");
    await settled(board);

    expect(readFileSync(join(board.root, ".git/journal"), "utf8").trim()).toBe("start");
    const numbers = numbersIn(sessionText(board, "long"), "line");
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect(await board.git("show", "main:src/app.txt")).toBe("main");
    await expectSound(board);
  });

  it("an index.lock that somebody else holds for 20 s is waited for and named, whatever was under way", async () => {
    const board = await liveBoard();
    const hold = join(board.root, ".git/hold");
    await board.start({ env: { KANBAND_FAILPOINTS: `apply.commit.before-commit=hold:${hold}@2` } });
    board.write("board/planned/running.md", shellTask("echo r > r.txt\nsleep 4\necho said"));
    await inState(board, "running", "running");
    board.write("board/backlog/typed.md", "# Typed\n");
    // Its claim is on disk and not committed when the lock comes.
    board.write("board/planned/claimed.md", shellTask("echo c > c.txt"));
    await soon(board, "a commit is about to begin", () => existsSync(`${hold}.at`));
    const lock = join(board.root, ".git/index.lock");
    const before = await board.git("rev-parse", "main");
    writeFileSync(lock, "", { flag: "wx" });
    const until = Date.now() + LOCK_MS;
    writeFileSync(`${hold}.go`, "");
    board.write("board/planned/patient.md", shellTask("echo p > p.txt"));
    for (let at = Date.now(); at < until; at = Date.now()) {
      const { repo, tasks } = await status(board);
      expect(repo.detail).toContain("index.lock");
      const patient = tasks.find(({ id }) => id === "patient");
      expect(patient?.waiting).toContain("index.lock");
      await sleep(1_000);
    }
    expect(existsSync(lock)).toBe(true);
    expect(await board.git("rev-parse", "main")).toBe(before);

    rmSync(lock);
    for (const id of ["running", "claimed", "patient"]) await inLane(board, id, "for_review");
    await settled(board);
    for (const id of ["running", "claimed", "patient"]) {
      expect(await board.git("show", `kanband/${id}:${id.charAt(0)}.txt`)).toBe(id.charAt(0));
      expect(sessionText(board, id)).toMatch(/^attempt: 1$/m);
    }
    expect(sessionText(board, "running")).toContain("said");
    expect(await board.git("show", "main:board/backlog/typed.md")).toBe("# Typed");
    await expectSound(board);
  });

  it("a base that moves before and during a merge keeps both changes", async () => {
    const board = await liveBoard();
    const hold = join(board.root, ".git/hold");
    await board.start({ env: { KANBAND_FAILPOINTS: `apply.merge.before-advance=hold:${hold}@1` } });
    board.write("board/planned/mine.md", shellTask("echo mine > mine.txt"));
    await inLane(board, "mine", "for_review");
    await settled(board);
    await commitFile(board, "before.txt");

    board.mv("mine", "done");
    await soon(board, "the merge is held", () => existsSync(`${hold}.at`));
    await commitFile(board, "during.txt");
    writeFileSync(`${hold}.go`, "");
    await soon(board, "it is merged", async () => (await board.git("branch", "--list", "kanband/*")) === "");
    await settled(board);

    expect(await board.git("ls-tree", "--name-only", "main")).toMatch(/before.txt\nboard\nduring.txt\nmine.txt/);
    expect(await board.git("status", "--porcelain")).toBe("");
    expect(board.lane("mine")).toBe("done");
    await expectSound(board);
  });

  it("a checkout with unsaved changes: the merge waits, names the files, and is done once they are saved", async () => {
    const board = await liveBoard();
    await board.start();
    board.write("board/planned/add.md", shellTask("echo two >> src/app.txt"));
    await inLane(board, "add", "for_review");
    board.write("src/app.txt", "unsaved\n");

    board.mv("add", "done");
    await soon(board, "the task says what it waits for", () => {
      return /^blocked: .*src\/app\.txt/m.test(board.read("board/done/add.md"));
    });
    expect(board.read("src/app.txt")).toBe("unsaved\n");
    expect(await board.git("show", "main:src/app.txt")).toBe("one");
    // Until then the daemon holds the index, and no git of a person waits for that.
    await soon(board, "that is committed", async () => {
      return /^blocked: /m.test(await board.git("show", "main:board/done/add.md"));
    });

    await board.git("stash", "push", "--quiet", "src/app.txt");
    await soon(board, "it is merged", async () => (await board.git("show", "main:src/app.txt")) === "one\ntwo");
    await soon(board, "the line is gone", () => !/^blocked:/m.test(board.read("board/done/add.md")));
    await settled(board);
    expect(board.read("src/app.txt")).toBe("one\ntwo\n");
    expect(await board.git("stash", "show", "-p")).toContain("+unsaved");
    await expectSound(board);
  });
});

describe("what the daemon cannot work with is said clearly", () => {
  it("no git, a git that is too old, no repository, no board", async () => {
    const { root } = await liveBoard();
    const bare = await gitRepo({ "README.md": "# Sample\n" });
    const empty = tempFolder();
    const old = tempFolder();
    writeFileSync(join(old, "git"), "#!/bin/sh\necho git version 2.20.1\n");
    chmodSync(join(old, "git"), 0o755);

    expect(await kanband(root, ["up"], { PATH: empty })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/git.*not|no git|PATH/i),
    });
    expect(await kanband(root, ["up"], { PATH: old })).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/2\.20\.1 is too old.*2\.38/),
    });
    const nowhere = await kanband(empty, ["up"]);
    expect(nowhere).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("git init") });
    const boardless = await kanband(bare.root, ["up"]);
    expect(boardless).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("kanband init") });
    for (const { stderr } of [nowhere, boardless]) expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("of two daemons started at once exactly one wins", async () => {
    const board = await liveBoard();
    const daemons = await Promise.all([board.start({ isDoomed: true }), board.start({ isDoomed: true })]);
    const first = await Promise.race(daemons.map(async (it) => ({ code: await it.ended, loser: it })));

    expect(first.code).toBe(4);
    expect(first.loser.output()).toMatch(/another|running|DAEMON_RUNNING/i);
    const [winner] = daemons.filter((it) => it !== first.loser);
    await until("the other is ready", () =>
      readOrEmpty(join(board.root, ".git/kanband/ready.json")).includes(`${winner?.pid ?? "-"}`),
    );
    board.write("board/planned/once.md", shellTask("echo start >> ../../../.git/journal; echo 1 > once.txt"));
    await inLane(board, "once", "for_review");
    expect(readFileSync(join(board.root, ".git/journal"), "utf8").trim()).toBe("start");
    expect(await winner?.stop()).toBe(0);
  });
});

function readOrEmpty(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

/** A person's own commit, patient with a lock as people are. */
async function commitFile(board: LiveBoard, name: string): Promise<void> {
  board.write(name, `${name}\n`);
  const git = gitAt(board.root);
  await until(`${name} is committed`, async () => {
    return await git("add", name)
      .then(() => git("commit", "--quiet", "--message", `Add ${name}`, "--", name))
      .then(
        () => true,
        () => false,
      );
  });
}
