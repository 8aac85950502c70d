import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { noteGone } from "../../../src/controller/note-gone.ts";
import { observeOnce } from "../../../src/observe/observe-once.ts";
import { createObserver } from "../../../src/observe/observer.ts";
import { openBoard } from "../../../src/observe/open-board.ts";
import { gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { copyOfBoard, newBoard } from "../../helpers/new-board.ts";
import { type ObservedBoard, observedBoard } from "./observed-board.ts";

const IDS = ["a", "b", "c", "d"];
const FILES = {
  ...Object.fromEntries(IDS.map((id) => [`board/planned/${id}.md`, `# ${id}\n`])),
  "board/README.md": "# The board\n",
  "sessions/a/engineer.md": "---\nstate: done\n---\n",
  "sessions/d/engineer.md": "---\nstate: done\n---\n",
};

/** A board that was looked at, and of which these are gone. */
async function removed(...names: string[]): Promise<ObservedBoard> {
  const board = await observedBoard(FILES);
  await board.look();
  for (const name of names) rmSync(board.at(pathOf(name)), { recursive: true });
  return board;
}

function pathOf(name: string): string {
  return name.includes("/") ? name : `board/planned/${name}.md`;
}

/** What is told at this instant, and after anybody would have believed in a removal. */
async function statesOf(board: ObservedBoard, ...paths: string[]): Promise<string[]> {
  const states = [(await board.look(...paths)).repo.state];
  for (const ms of [100, 60_000]) {
    board.later(ms);
    states.push((await board.look()).repo.state);
  }
  return states;
}

const HELD = ["operation", "operation", "operation"];
const BELIEVED = ["ready", "ready", "ready"];

it.each([
  ["two tasks", ["a", "b"], BELIEVED],
  ["three tasks", ["a", "b", "c"], HELD],
  ["a task with its sessions, as a checkout takes them", ["a", "sessions/a"], HELD],
  ["a task, and the sessions of one that stays", ["a", "sessions/d"], BELIEVED],
  ["two tasks and what is nobody's work", ["a", "b", "board/done/.gitkeep", "board/README.md"], BELIEVED],
  ["nobody's work alone", ["board/done/.gitkeep", "board/blocked/.gitkeep", "board/README.md"], BELIEVED],
] as const)("%s", async (_what, names, states) => {
  const board = await removed(...names);
  expect(await statesOf(board)).toEqual(states);
  // Whoever only looks is told the same.
  expect((await observeOnce(board.board, board.now)).repo.state).toBe(states[0]);
  const { uncommitted, tasks } = await board.look();
  expect(uncommitted.length > 0).toBe(states === BELIEVED);
  if (states === HELD) expect(tasks).toHaveLength(4);
});

it("holds a removal of three also when one is back: until git is told, or all are, for everybody who looks", async () => {
  const board = await removed("a", "b", "c");
  const another = createObserver({ ...board.board, clock: board.now });
  expect((await board.look()).repo.detail).toContain("3 files are gone");
  board.write({ "board/planned/a.md": "# a\n" });
  expect((await board.look("board/planned/a.md")).repo.detail).toContain("2 files are gone");
  await board.git("add", "--all", "board/planned/b.md");
  // What is staged may be a checkout that is half done.
  await expect.poll(async () => (board.later(1_000), (await board.look()).repo.detail)).toContain("1 file is gone");
  expect((await observeOnce(board.board, board.now)).repo.detail).toContain("1 file is gone");
  // Whoever only follows, and a daemon that begins now, go by what the daemon knew.
  const next = createObserver({ ...board.board, clock: board.now, noteGone });
  for (const it of [another, next]) {
    expect((await it.observe("all", { jobs: [], isDraining: false })).repo.detail).toContain("1 file is gone");
  }

  board.write({ "board/planned/c.md": "# c\n" });
  await board.look("board/planned/c.md");
  board.later(100);
  const { repo, uncommitted, tasks } = await board.look();
  expect(repo.state).toBe("ready");
  expect(uncommitted.map(({ path }) => path)).toEqual(["board/planned/b.md"]);
  expect(tasks.map(({ id }) => id).toSorted()).toEqual(["a", "c", "d"]);
  expect(existsSync(join(board.board.runtimeDir, "gone-files"))).toBe(false);
});

it.each([["in peace"], ["beside another git"]])(
  "all that are gone count, and not what was heard of, %s",
  async (how) => {
    const board = await removed();
    const isBeside = how !== "in peace";
    if (isBeside) board.write({ ".git/index.lock": "" });
    rmSync(board.at(pathOf("a")));
    expect((await board.look(pathOf("a"))).repo.state).toBe(isBeside ? "busy" : "ready");
    for (const id of ["b", "c", "d"]) rmSync(board.at(pathOf(id)));
    if (isBeside) rmSync(board.at(".git/index.lock"));
    await board.look("nothing/else");
    board.later(100);
    expect((await board.look("nothing/else")).repo.detail).toContain("4 files are gone");
  },
);

it("a task is held also where its name was that of one that was renamed", async () => {
  const board = await observedBoard(FILES);
  await board.look();
  const commit = async () => {
    await board.look();
    board.later(100);
    await board.look();
    await board.git("add", "--all", "board");
    await board.git("commit", "--quiet", "--message", "By hand");
    await expect.poll(async () => (board.later(1_000), (await board.look()).repo.state)).toBe("ready");
  };
  renameSync(board.at(pathOf("a")), board.at(pathOf("add-login")));
  await commit();
  board.write({ [pathOf("a")]: "# Another\n" });
  await commit();
  for (const id of ["a", "b", "c"]) rmSync(board.at(pathOf(id)));
  expect((await board.look()).repo.detail).toContain(pathOf("a"));
});

it.each([
  [0, true],
  [1, false],
])("of many it is told by a list, which takes nothing else along: command %i", async (which, isBack) => {
  const ids = Array.from({ length: 8 }, (_, n) => `it's ${n}`);
  const board = await observedBoard(Object.fromEntries(ids.map((id) => [pathOf(id), `# ${id}\n`])));
  await board.look();
  for (const id of ids.slice(0, 7)) rmSync(board.at(pathOf(id)));
  const moved = pathOf(ids[7] ?? "");
  renameSync(board.at(moved), board.at("board/backlog/mine.md"));
  const { detail } = (await board.look()).repo;
  const command = [...detail.matchAll(/`([^`]+)`/g)][which]?.[1] ?? "false";
  expect(command).toContain("gone-files");
  execFileSync("sh", ["-ec", command], { cwd: tempFolder() });
  expect(ids.map((id) => existsSync(board.at(pathOf(id))))).toEqual([...Array(7).fill(isBack), false]);
  expect(await board.git("ls-files", moved)).toContain(ids[7]);
  await expect.poll(async () => (board.later(1_000), (await board.look()).repo.state)).toBe("ready");
  expect(existsSync(join(board.board.runtimeDir, "gone-files"))).toBe(false);
});

it("holds the sessions of a task that is back, until they are", async () => {
  const board = await removed("a", "sessions/a");
  await board.look();
  board.write({ "board/planned/a.md": "# a\n" });
  expect(await statesOf(board)).toEqual(HELD);
  board.write({ "sessions/a/engineer.md": FILES["sessions/a/engineer.md"] });
  expect(await statesOf(board)).toEqual(BELIEVED);
  expect((await board.look()).uncommitted).toEqual([]);
});

it.each([["in peace"], ["beside another git"]])("many that get other names were moved, %s", async (how) => {
  const board = await observedBoard(FILES);
  await board.look();
  for (const id of IDS) renameSync(board.at(pathOf(id)), board.at(pathOf(`new-${id}`)));
  if (how !== "in peace") {
    board.write({ ".git/index.lock": "" });
    expect((await board.look()).repo.state).toBe("busy");
    rmSync(board.at(".git/index.lock"));
    expect((await board.look("nothing/else")).repo.state).toBe("ready");
  } else expect((await board.look()).repo.state).toBe("ready");
  // The daemon edits the new file before it believes that the old one is gone.
  for (const id of IDS) board.write({ [pathOf(`new-${id}`)]: `---\nassigned: A\n---\n# ${id}\n` });
  expect(await statesOf(board)).toEqual(BELIEVED);
  const { uncommitted, tasks } = await board.look();
  expect(tasks.map(({ id }) => id).toSorted()).toEqual(IDS.map((id) => `new-${id}`));
  expect(uncommitted).toHaveLength(8);
});

const MAKES: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ["of version 4", [["update-index", "--index-version", "4"]]],
  ["that is split", [["update-index", "--split-index"]]],
  ["that is sparse", [["sparse-checkout", "set", "--sparse-index", "board", "sessions"]]],
];

it.each(MAKES)("an index %s tells what was removed, and what is left out", async (_make, commands) => {
  const board = await observedBoard({ ...FILES, "board/backlog/far/x.md": "# x\n", "src/a/b.txt": "b\n" });
  for (const command of commands) await board.git(...command);
  await board.look();
  for (const id of IDS.slice(0, 3)) rmSync(board.at(pathOf(id)));
  expect(await statesOf(board)).toEqual(HELD);
  expect((await observeOnce(board.board, board.now)).repo.detail).toContain("3 files are gone");
  await board.git("add", "--all", "board");
  await expect.poll(async () => (board.later(1_000), (await board.look()).repo.state)).toBe("ready");
  await board.git("reset", "--quiet", "--hard");

  const isSparse = commands[0]?.[0] === "sparse-checkout";
  await board.git("sparse-checkout", "set", ...(isSparse ? ["--sparse-index"] : []), "board/planned", "sessions");
  for (const { repo } of [await board.look(), await observeOnce(board.board, board.now)]) {
    expect(repo).toMatchObject({ state: "operation", detail: expect.stringContaining("sparse-checkout add") });
  }
  await board.git("sparse-checkout", "disable");
  await expect.poll(async () => (board.later(1_000), await board.look())).toMatchObject({ uncommitted: [] });
});

it.each([
  ["inline", 3],
  ["inline", 8],
  ["own-branch", 3],
  ["own-branch", 8],
] as const)("what is told brings back what is gone and nothing else: %s, %i", async (layout, count) => {
  const root = tempFolder();
  copyOfBoard(await newBoard(layout), root);
  const top = layout === "inline" ? root : join(root, "kanban");
  const git = gitAt(top);
  const gone = Array.from({ length: count }, (_, n) => `board/backlog/it's ${n}.md`);
  writeFiles(top, Object.fromEntries([...gone, "board/backlog/kept.md"].map((it) => [it, "# As committed\n"])));
  await git("rm", "--quiet", "-r", "--ignore-unmatch", "sessions");
  await git("add", "--all", "board");
  await git("commit", "--quiet", "--message", "Tasks");
  for (const it of gone) rmSync(join(top, it));
  writeFileSync(join(top, "board/backlog/kept.md"), "# An hour of thoughts\n");
  const board = await openBoard(root);
  try {
    // A git that has just ended may have set the index and not HEAD.
    const told = async (state: string) => {
      await expect.poll(async () => (await observeOnce(board, Date.now)).repo.state).toBe(state);
      const { repo } = await observeOnce(board, Date.now);
      return [...repo.detail.matchAll(/`([^`]+)`/g)].map(([, command = ""]) => command);
    };
    const run = (command = "false") => execFileSync("sh", ["-ec", command], { cwd: root });
    run((await told("operation"))[0]);
    expect(readFileSync(join(top, gone[0] ?? ""), "utf8")).toBe("# As committed\n");
    expect(readFileSync(join(top, "board/backlog/kept.md"), "utf8")).toBe("# An hour of thoughts\n");
    await told("ready");
    for (const it of gone) rmSync(join(top, it));
    run((await told("operation"))[1]);
    await told("ready");
    expect(gone.some((it) => existsSync(join(top, it)))).toBe(false);
  } finally {
    await board.close();
  }
});
