import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, utimesSync } from "node:fs";
import { expect, it } from "vitest";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import { changesOf, type ObservedBoard, observedBoard } from "./observed-board.ts";

const SESSION = "---\nstate: done\n---\n";
const ASSIGNED = "---\nassigned: A\n---\n";
// Of the commit that somebody wanted, and of the one that is checked out; null: not there.
type Change = readonly [path: string, old: string | null, now: string | null];

/** A checkout of an older commit that gave up: at `fails`, which is gone then. */
async function tornBoard(changes: readonly Change[], fails: string): Promise<ObservedBoard> {
  const files = { "src/code.ts": "1\n", "board/backlog/b.md": "# b\n", [fails]: "1\n" };
  const old = Object.fromEntries(changes.flatMap(([path, text]) => (text === null ? [] : [[path, text]])));
  const board = await observedBoard({ ...files, ...old, ".gitattributes": "*.bin filter=big\n" });
  await board.git("tag", "old");
  for (const [path, , text] of changes) {
    if (text === null) rmSync(board.at(path));
    else board.write({ [path]: text });
  }
  board.write({ [fails]: "2\n" });
  await board.git("config", "filter.big.clean", "cat");
  await board.git("config", "filter.big.smudge", "false");
  await board.git("config", "filter.big.required", "true");
  await board.git("add", "--all");
  await board.git("commit", "--quiet", "--message", "Since then");
  await look(board);
  const [checkout] = await Promise.allSettled([board.git("checkout", "--quiet", "old")]);
  expect(checkout.status).toBe("rejected");
  return board;
}

// What somebody staged a moment ago may be a switch that is half done.
async function look(board: ObservedBoard): Promise<Snapshot> {
  await expect.poll(async () => (board.later(1_000), (await board.look()).repo.state)).not.toBe("busy");
  return await board.look();
}

const AFTER: readonly Change[] = [
  ["board/planned/a.md", "# a\n", null],
  ["board/for_review/a.md", null, `${ASSIGNED}# a\n`],
];

// One that was stopped between two files leaves none of them away.
const BETWEEN = "data/y.bin";
const PLAIN: readonly Change[] = [
  ["board/planned/c.md", "# c\n", null],
  ["board/backlog/c.md", null, "# c\n"],
];

it.each<[string, string, readonly Change[], readonly string[]]>([
  ["had put a task back that ran since", BETWEEN, [...AFTER, ["sessions/a/e.md", null, SESSION]], ["sessions/a"]],
  ["had put a task back whose sessions both have", "data/x.bin", [...AFTER, ["sessions/a/e.md", SESSION, SESSION]], []],
  ["had put settings back", "data/x.bin", [...AFTER, ["board/board.md", "# Old\n", "# New\n"]], ["board/board.md"]],
  ["had put a task back as it was", "data/x.bin", [...AFTER, ...PLAIN], ["board/backlog/c.md"]],
  ["had written none of the board", "assets/x.bin", [...AFTER, ["sessions/a/e.md", SESSION, SESSION]], []],
])("a checkout that %s moves and removes nothing, and can be taken back", async (_what, fails, changes, also) => {
  const board = await tornBoard(changes, fails);
  if (fails === BETWEEN) board.write({ [fails]: "2\n" });
  for (const ms of [0, 100, 60_000]) {
    board.later(ms);
    const { repo, uncommitted } = await board.look();
    expect(repo.state).toBe("operation");
    expect(uncommitted).toEqual([]);
    for (const path of ["board/for_review/a.md", ...also]) expect(repo.detail).toContain(path);
    expect(repo.detail).not.toContain("board/backlog/b.md");
  }
  // What failed being back says nothing of the rest.
  board.write({ [fails]: "2\n" });
  const { repo } = await board.look();
  expect(repo.state).toBe("operation");
  execFileSync("sh", ["-ec", /`([^`]+)`/.exec(repo.detail)?.[1] ?? "false"], { cwd: board.root });
  expect((await look(board)).repo.state).toBe("ready");
  for (const [path, , text] of changes)
    if (text !== null) expect(readFileSync(board.at(path), "utf8"), path).toBe(text);
});

it("a board that is held already holds those moves as well, and no others", async () => {
  const ids = ["a", "b", "c", "d", "e"];
  const board = await observedBoard({
    ...Object.fromEntries(ids.map((id) => [`board/planned/${id}.md`, `# ${id}\n`])),
    "sessions/d/e.md": SESSION,
    "sessions/e/e.md": SESSION,
  });
  await board.look();
  for (const id of ["a", "b", "c"]) rmSync(board.at(`board/planned/${id}.md`));
  expect((await board.look()).repo.detail).toContain("3 files are gone");
  for (const id of ["d", "e"]) renameSync(board.at(`board/planned/${id}.md`), board.at(`board/done/${id}.md`));
  rmSync(board.at("sessions/d/e.md"));
  const { detail } = (await board.look()).repo;
  for (const path of ["board/planned/d.md", "sessions/d/e.md"]) expect(detail).toContain(path);
  expect(detail).not.toContain("board/planned/e.md");
});

type Doing = (board: ObservedBoard) => void;
const HOUR_AGO = Date.now() / 1_000 - 3_600;
const rmCode: Doing = (board) => rmSync(board.at("src/code.ts"));
const rmCodeLongAgo: Doing = (board) => (rmCode(board), utimesSync(board.at("src"), HOUR_AGO, HOUR_AGO));
const mv: Doing = (board) => renameSync(board.at("board/planned/a.md"), board.at("board/for_review/a.md"));

it.each<[string, Doing, readonly string[]]>([
  [
    "moves a task and removes a code file",
    (it) => (rmCode(it), mv(it)),
    ["for_review/a.md new", "planned/a.md removed"],
  ],
  [
    "moves and edits a task, and removes a code file",
    (it) => (rmCode(it), mv(it), it.write({ "board/for_review/a.md": "# Mine\n" })),
    ["for_review/a.md new", "planned/a.md removed"],
  ],
  [
    "removes one of two copies and a code file",
    (it) => (rmCode(it), rmSync(it.at("board/backlog/twin.md"))),
    ["backlog/twin.md removed"],
  ],
  [
    "removes a task, and had removed a code file",
    (it) => (rmCodeLongAgo(it), rmSync(it.at("board/planned/a.md"))),
    ["planned/a.md removed"],
  ],
  [
    "moves a task to where it lay with these bytes, and had removed a code file",
    (it) => (rmCodeLongAgo(it), rmSync(it.at("board/planned/a.md")), it.write({ "board/done/a.md": "# b\n" })),
    ["done/a.md new", "planned/a.md removed"],
  ],
])("a person who %s is believed", async (_what, doing, changes) => {
  const board = await observedBoard({
    "src/code.ts": "1\n",
    "src/more.ts": "1\n",
    "board/planned/a.md": "# a\n",
    "board/backlog/b.md": "# b\n",
    "board/backlog/twin.md": "# twin\n",
    "board/blocked/twin.md": "# Twin\n",
    "sessions/a/e.md": SESSION,
  });
  await board.look();
  doing(board);
  expect((await board.look()).repo.state).toBe("ready");
  board.later(60_000);
  expect(changesOf(await board.look())).toEqual(changes.map((it) => `board/${it}`));
  expect(existsSync(board.at("src/code.ts"))).toBe(false);
});
