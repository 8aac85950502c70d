import { expect, it } from "vitest";
import { gitAt, tempFolder, writeFiles } from "../../helpers/git-repo.ts";
import { someToday } from "../../helpers/today.ts";
import type { ApplyBoard } from "./apply-board.ts";
import { type Changes, LANDED, landingOf, mergedBoard, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

/** What a person or an agent does after `a` and `b` were merged; its lane answers whether the merge of `a` counts as lost. */
type Case = [what: string, act: (board: ApplyBoard, landing: string) => Promise<unknown>, changes?: Changes];

async function commitFile(board: ApplyBoard, path: string, text: string, message: string): Promise<string> {
  board.write(path, text);
  await board.git("add", path);
  await board.git("commit", "-q", "-m", message);
  return await board.git("rev-parse", "HEAD");
}

/** Merges a branch in whose commit an agent says what it likes. */
async function mergeBranch(board: ApplyBoard, path: string, text: string, message: string): Promise<string> {
  await board.git("checkout", "-q", "-b", "other");
  const sha = await commitFile(board, path, text, message);
  await board.git("checkout", "-q", "main");
  await board.git("merge", "-q", "--no-ff", "-m", "Merge other", "other");
  return sha;
}

/** Sets the base to what is fetched of a clone in which somebody went on, without what came before. */
async function fetchEnd(board: ApplyBoard, goOn: (clone: ApplyBoard) => Promise<unknown>): Promise<void> {
  const root = tempFolder();
  const git = gitAt(root);
  await git("clone", "-q", board.root, ".");
  await git("config", "user.name", "Other");
  await git("config", "user.email", "other@example.invalid");
  for (const it of ["One", "Two"]) await git("commit", "-q", "--allow-empty", "-m", it);
  await goOn({ ...board, root, git, write: (path, text) => writeFiles(root, { [path]: text }) });
  await board.git("fetch", "-q", "--depth=2", `file://${root}`, "main");
  await board.git("reset", "-q", "--hard", "FETCH_HEAD");
}

const BESIDE = { a: { "src/app.txt": "a\none\n" }, b: { "src/app.txt": "one\nb\n" } };
const UPON = { a: { "src/app.txt": "one\na\n", "a.txt": "a\n" } };

const THERE: Case[] = [
  [
    "the same files, which others changed since, got another history",
    async (board) => {
      // As it is noted after so many commits.
      await board.git("update-ref", LANDED, await commitFile(board, "a.txt", "anew\n", "Write anew"));
      const commit = await board.git("commit-tree", "main^{tree}", "-m", "All");
      await board.git("update-ref", "refs/heads/main", commit);
    },
  ],
  [
    "a rebase brought lines together that other tasks changed beside it",
    async (board) => {
      await board.git("checkout", "-q", "-b", "upstream", ":/^Seed");
      await commitFile(board, "up.txt", "up\n", "Upstream");
      await board.git("rebase", "-q", "upstream", "main");
    },
    BESIDE,
  ],
  [
    "it was reverted and picked again",
    async (board, landing) => {
      await revert(board, landing);
      await board.git("cherry-pick", "-m", "1", landing);
    },
  ],
  [
    "a branch that had reverted it was merged without its changes",
    async (board, landing) => {
      await board.git("checkout", "-q", "-b", "release");
      await revert(board, landing);
      await board.git("checkout", "-q", "main");
      await board.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "Merge release", "release");
    },
  ],
  [
    "an agent says that its own change of the same file reverts it",
    async (board, landing) =>
      await mergeBranch(board, "src/app.txt", "one\na\nmore\n", `More\n\nThis reverts commit ${landing}.`),
    UPON,
  ],
  [
    "an agent reverts a commit of its own that claims to be its merge",
    async (board, landing) => {
      const tip = await board.git("rev-parse", `${landing}^2`);
      const forged = await mergeBranch(board, "evil.txt", "evil\n", `Evil\n\nTask: a\nMerged: ${tip}`);
      await revert(board, forged);
    },
  ],
  [
    "its history was cut off, and somebody wrote the file anew",
    async (board) => await fetchEnd(board, async (it) => await commitFile(it, "a.txt", "anew\n", "Write anew")),
  ],
];

const LOST: Case[] = [
  [
    "the commit of its branch was reverted, not the merge",
    async (board, landing) => await revert(board, `${landing}^2`),
  ],
  [
    "it was reverted in a file that has another name by then",
    async (board, landing) => {
      await board.git("mv", "src/app.txt", "src/renamed.txt");
      await board.git("commit", "-q", "-m", "Rename");
      await tickToEnd(board);
      await revert(board, landing);
    },
    { a: { "src/app.txt": "one\na\n" } },
  ],
  [
    "the revert was merged by `git merge --squash`",
    async (board, landing) => {
      await board.git("checkout", "-q", "-b", "revert");
      await revert(board, landing);
      await board.git("checkout", "-q", "main");
      await board.git("merge", "-q", "--squash", "revert");
      await board.git("commit", "-q", "--no-edit");
    },
  ],
  [
    "its history was cut off, and the file is not there",
    async (board) =>
      await fetchEnd(board, async ({ git }) => {
        await git("rm", "-q", "a.txt");
        await git("commit", "-q", "-m", "Without");
      }),
  ],
  [
    "it was forced away, after a commit that only said that it reverts it",
    async (board, landing) => {
      await commitFile(board, "src/app.txt", "one\na\nmore\n", `More\n\nThis reverts commit ${landing}.`);
      await tickToEnd(board);
      await board.git("reset", "-q", "--soft", `${landing}^`);
      await board.git("rm", "-q", "-f", "a.txt");
      await board.git("checkout", "-q", `${landing}^`, "--", "src/app.txt");
      await board.git("commit", "-q", "-m", "Without it");
    },
    UPON,
  ],
  [
    "the settings of the repository change what git prints",
    async (board, landing) => {
      await board.git("config", "i18n.logOutputEncoding", "UTF-16");
      await revert(board, landing);
    },
  ],
];

async function laneAfter([, act, changes]: Case): Promise<string> {
  const board = await mergedBoard(["a", "b"], changes === undefined ? {} : { changes });
  await act(board, await landingOf(board, "a"));
  await tickToEnd(board);
  expect(board.has("board/done/b.md")).toBe(true);
  return ["done", "blocked"].find((lane) => board.has(`board/${lane}/a.md`)) ?? "nowhere";
}

it.each(someToday(THERE, 2))("a merge is not lost where %s", async (...it) => expect(await laneAfter(it)).toBe("done"));

it.each(someToday(LOST, 2))("a merge is lost where %s", async (...it) => expect(await laneAfter(it)).toBe("blocked"));

it("what was lost is done again once it is there, and not because somebody says that its revert was reverted", async () => {
  const board = await mergedBoard(["a", "b"], { changes: UPON });
  const reverts: string[] = [];
  for (const id of ["a", "b"]) reverts.push(await revert(board, await landingOf(board, id)));
  await tickToEnd(board);
  await commitFile(board, "b.txt", "b\n", "By hand");
  await mergeBranch(board, "src/app.txt", "one\nother\n", `Other\n\nThis reverts commit ${reverts[0]}.`);
  await tickToEnd(board);
  expect([board.has("board/blocked/a.md"), board.has("board/done/b.md")]).toEqual([true, true]);
  expect(board.read("sessions/a/merge.md")).toContain("verdict: lost");
});
