import { existsSync, mkdirSync, renameSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { changesOf, lanesOf, lookAfresh, type ObservedBoard, observedBoard } from "./observed-board.ts";

it.each([
  ["another branch", ["switch", "-qc", "topic"], "is on topic, the board is on main"],
  ["no branch", ["switch", "-q", "--detach"], "is on a detached HEAD"],
])("nothing counts while HEAD is on %s", async (_, command, detail) => {
  const board = await withBoardRef();
  await board.look();
  await board.git(...command);
  board.write({ "board/planned/a.md": "# Edited\n", "board/planned/b.md": "# B\n" });

  const snapshot = await board.look("board/planned/a.md");

  expect(snapshot.repo.state).toBe("elsewhere");
  expect(snapshot.repo.detail).toContain(detail);
  expect(snapshot.repo.detail).toContain("git switch main");
  expect(snapshot.repo.boardBranch).toBe("main");
  expect(snapshot.uncommitted).toEqual([]);
  await board.git("switch", "-q", "main");
  board.later(1_000);
  expect(changesOf(await board.look("nothing/else"))).toEqual(["board/planned/a.md edited", "board/planned/b.md new"]);
});

it("a checkout of a branch without the board, and back, is nobody's command", async () => {
  const board = await withBoardRef();
  await board.git("switch", "-q", "--orphan", "empty");
  await board.git("commit", "-q", "--allow-empty", "-m", "Empty");
  await board.git("switch", "-q", "main");
  await board.look();

  await board.git("switch", "-q", "empty");
  rmSync(board.at("board"), { recursive: true, force: true });
  const away = await board.look("board/planned/a.md", "board");
  await board.git("switch", "-q", "main");
  board.later(10_000);
  const back = await board.look("board/planned/a.md");

  expect(away.repo.state).toBe("elsewhere");
  expect(away.uncommitted).toEqual([]);
  expect(back.repo.state).toBe("ready");
  expect(back.uncommitted).toEqual([]);
  expect(lanesOf(back)).toEqual({ a: "planned" });
});

it("a merge with a conflict is an operation in progress", async () => {
  const board = await withBoardRef();
  await board.look();
  await board.git("switch", "-qc", "topic");
  board.write({ "board/planned/a.md": "# Theirs\n" });
  await board.git("commit", "-qam", "Theirs");
  await board.git("switch", "-q", "main");
  board.write({ "board/planned/a.md": "# Ours\n" });
  await board.git("commit", "-qam", "Ours");
  await board.git("merge", "topic").catch(() => undefined);

  const snapshot = await board.look();

  expect(snapshot.repo).toMatchObject({ state: "operation" });
  expect(snapshot.repo.detail).toContain("a merge is in progress");
  expect(snapshot.uncommitted).toEqual([]);
});

it("a rebase that stopped is an operation, not a detached HEAD", async () => {
  const board = await withBoardRef();
  await board.git("commit", "-q", "--allow-empty", "-m", "One more");
  await board
    .git("-c", "sequence.editor=sed -i s/pick/edit/", "rebase", "-qi", "--keep-empty", "HEAD~1")
    .catch(() => "");

  const { repo } = await board.look();

  expect(repo.state).toBe("operation");
  expect(repo.detail).toContain("a rebase is in progress");
});

it("one of another branch is that, and not the board", async () => {
  const board = await withBoardRef();
  await board.git("switch", "-qc", "topic");
  await board.git("commit", "-q", "--allow-empty", "-m", "Topic");
  await board
    .git("-c", "sequence.editor=sed -i s/pick/edit/", "rebase", "-qi", "--keep-empty", "HEAD~1")
    .catch(() => "");

  const { repo } = await board.look();

  expect(repo.state).toBe("elsewhere");
  expect(repo.detail).toContain("a rebase of another branch is in progress");
});

it("a fetch that is under way makes it busy, for a while", async () => {
  const board = await withBoardRef();
  board.write({ ".git/FETCH_HEAD": "" });
  const seconds = board.now() / 1_000;
  utimesSync(board.at(".git/FETCH_HEAD"), seconds, seconds);
  expect((await board.look()).repo).toMatchObject({ state: "busy", detail: expect.stringContaining("a fetch") });

  board.later(15_000);
  expect((await board.look()).repo.state).toBe("ready");
  board.write({ ".git/FETCH_HEAD": "what was fetched\n" });
  utimesSync(board.at(".git/FETCH_HEAD"), board.now() / 1_000, board.now() / 1_000);
  expect((await board.look()).repo.state).toBe("ready");
});

it("what a sparse checkout leaves out is not removed: nothing counts until it is back", async () => {
  const board = await withBoardRef();
  board.write({ "board/backlog/a.md": "# A\n" });
  await board.git("add", "--all");
  await board.git("commit", "-q", "-m", "A task");
  await board.look();
  await board.git("sparse-checkout", "set", "--no-cone", "/*", "!/board/backlog/a.md");
  board.later(60_000);
  for (let looks = 0; looks < 2; looks++) {
    const { repo, uncommitted } = await board.look();
    expect(repo).toMatchObject({ state: "operation", detail: expect.stringContaining("board/backlog/a.md") });
    expect(uncommitted).toEqual([]);
    board.later(1_000);
  }
  await board.git("sparse-checkout", "disable");
  expect(await board.look()).toMatchObject({ repo: { state: "ready" }, uncommitted: [] });
});

it("somebody else's index.lock makes it busy, and names the file", async () => {
  const board = await withBoardRef();
  await board.look();
  writeFileSync(board.at(".git/index.lock"), "");
  board.write({ "board/planned/a.md": "# Edited\n" });

  const busy = await board.look("board/planned/a.md");
  rmSync(board.at(".git/index.lock"));
  const ready = await board.look("nothing/else");

  expect(busy.repo.state).toBe("busy");
  expect(busy.repo.detail).toContain("index.lock");
  expect(busy.uncommitted).toEqual([]);
  expect(busy.unsettledUntil).not.toBeNull();
  expect(changesOf(ready)).toEqual(["board/planned/a.md edited"]);
});

it.each(["HEAD.lock", "refs/heads/main.lock"])(
  "a %s makes it busy, and is named, once it has stood for seconds",
  async (name) => {
    const board = await withBoardRef();
    const lock = board.at(`.git/${name}`);
    writeFileSync(lock, "");
    const at = board.now() / 1000;
    utimesSync(lock, at - 1, at - 1);
    expect((await board.look()).repo.state).toBe("ready");
    utimesSync(lock, at - 10, at - 10);
    const { repo } = await board.look();
    expect([repo.state, repo.detail]).toEqual(["busy", expect.stringContaining(lock)]);
  },
);

it("an index that was just written without a move of the branch makes it busy for a moment", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" }, { aheadMs: 0 });
  await board.look();
  board.write({ "code.txt": "code\n" });
  await board.git("add", "code.txt");

  board.later(statSync(board.at(".git/index")).ctimeMs + 100 - board.now());
  const busy = await board.look("nothing/else");
  board.later(51);
  const ready = await board.look("nothing/else");

  expect(busy.repo.state).toBe("busy");
  expect(busy.unsettledUntil).toBeGreaterThan(busy.observedAt);
  expect(ready.repo.state).toBe("ready");
});

it("a commit is over as soon as the branch has moved", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" }, { aheadMs: 0 });
  board.write({ "code.txt": "code\n" });
  await board.git("add", "code.txt");
  await board.git("commit", "-qm", "Code");

  expect((await board.look()).repo.state).toBe("ready");
});

it.each<[string, (board: ObservedBoard) => void, string]>([
  ["is gone", (it) => rmSync(it.at("board"), { recursive: true }), "board/ is gone"],
  ["became a link", (it) => linkAway(it, "board"), "board is a symlink"],
  ["has a lane that became a link", (it) => linkAway(it, "board/doing"), "board/doing is a symlink"],
  ["has a lane that became a file", (it) => fileInstead(it, "board/doing"), "board/doing is a file"],
])("a board that %s is missing, and nothing in it counts as removed", async (_, damage, detail) => {
  const board = await withBoardRef();
  await board.look();
  damage(board);

  const first = await board.look("board/doing");
  board.later(10_000);
  const second = await board.look();

  for (const { repo, uncommitted } of [first, second]) {
    expect(repo.state).toBe("missing");
    expect(repo.detail).toContain(detail);
    expect(uncommitted).toEqual([]);
  }
});

it("a board that was replaced by another folder is read anew", async () => {
  const board = await withBoardRef();
  await board.look();
  renameSync(board.at("board"), board.at("board-old"));
  await board.look("board");
  mkdirSync(board.at("board"));
  await board.git("checkout", "-q", "--", "board");
  board.later(10_000);

  const snapshot = await board.look("nothing/else");

  expect(snapshot.repo.state).toBe("ready");
  expect(snapshot.uncommitted).toEqual([]);
  expect(lanesOf(snapshot)).toEqual({ a: "planned" });
});

it("lanes that are not there are empty, and a repository without a commit has a board too", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.git("checkout", "-q", "--orphan", "fresh");
  rmSync(board.at("board/doing"), { recursive: true });

  const snapshot = await lookAfresh(board);

  expect(existsSync(board.at("board/doing"))).toBe(false);
  expect(snapshot.repo).toMatchObject({ state: "ready", boardBranch: "fresh", headSha: null });
  expect(changesOf(snapshot)).toContain("board/planned/a.md new");
});

/** A board whose branch is on record, as after the first start. */
async function withBoardRef(): Promise<ObservedBoard> {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
  return board;
}

function linkAway(board: ObservedBoard, path: string): void {
  renameSync(board.at(path), board.at("moved-away"));
  symlinkSync(board.at("moved-away"), board.at(path));
}

function fileInstead(board: ObservedBoard, path: string): void {
  rmSync(board.at(path), { recursive: true });
  writeFileSync(board.at(path), "");
  utimesSync(board.at(path), 1, 1);
}

it("asks for no look at an instant that has passed, whatever was pending when the board went away", async () => {
  const board = await withBoardRef();
  board.write({ "board/planned/twin.md": "# One\n", "board/doing/twin.md": "# Other\n" });
  rmSync(board.at("board/planned/a.md"));
  await board.look();
  await board.git("switch", "-q", "--detach");
  board.later(60_000);

  for (const paths of [[], ["nothing/else"], []]) {
    const { unsettledUntil, observedAt, repo } = await board.look(...paths);
    expect(repo.state).toBe("elsewhere");
    expect(unsettledUntil ?? Number.POSITIVE_INFINITY).toBeGreaterThan(observedAt);
  }
});
