import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it, onTestFinished } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { tempFolder } from "../../helpers/git-repo.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";

const MOVES = 100;

it("merges in the end though the base moves between check and swap a hundred times in a row, and loses none of it", async () => {
  const board = await accepted([]);
  await moveBaseAtEachMerge(board, MOVES);
  for (let tries = 0; (await merged(board)) === undefined; tries++) expect(tries).toBeLessThan(MOVES);

  const merge = await board.git("log", "--first-parent", "--format=%s", "main");
  expect(merge.split("\n").slice(0, MOVES + 1)).toEqual(["Merge a: Do it", ...Array(MOVES).fill("Meanwhile")]);
  expect(await board.git("rev-list", "--count", "--merges", "main")).toBe("1");
  expect(await board.git("show", "main:new.txt")).toBe("new");
}, 180_000);

it("checks that end their own supervisor at the merge are begun three times, then it is not merged", async () => {
  const board = await accepted(["kill -9 0"]);
  const main = await board.git("rev-parse", "main");
  expect(await merged(board)).toMatchObject({
    state: "done",
    verdict: "waiting",
    reason: expect.stringMatching(/^lost: |^lost 1/),
  });
  expect(await merged(board)).toMatchObject({ verdict: "waiting" });
  expect(await merged(board)).toMatchObject({
    state: "failed",
    verdict: "checks-failed",
    reason: expect.stringMatching(/^lost 3: /),
  });
  expect(await board.git("rev-parse", "main")).toBe(main);
  expect(board.runs()).toEqual([]);
});

/** An accepted task that adds a file, nothing of it checked yet. */
async function accepted(verify: string[]): Promise<ApplyBoard> {
  const files = { "board/doing/a.md": claimedTask("echo new > new.txt") };
  const board = await applyBoard(files, { settings: { verify } });
  await runToEnd(board, launchOf("a"));
  await board.git("mv", "board/doing/a.md", "board/done/a.md");
  await board.commit();
  return board;
}

/** The record of one more try to merge it; none where there was nothing to say. */
async function merged(board: ApplyBoard): Promise<Session | undefined> {
  await board.run({ kind: "merge", taskId: "a" });
  await board.over();
  await collectAll(board);
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

/** A git before the real one: whenever it has merged a tree, somebody moves the base by a commit, so many times. */
async function moveBaseAtEachMerge({ root, git }: ApplyBoard, times: number): Promise<void> {
  const commits = Array.from({ length: times }, (_, at) => {
    return `commit refs/heads/coming\ncommitter x <x@example.invalid> now\ndata 10\nMeanwhile\n${at === 0 ? "from refs/heads/main\n" : ""}\n`;
  });
  await execa("git", ["fast-import", "--quiet", "--date-format=now"], { cwd: root, input: commits.join("") });
  const tips = (await git("rev-list", "--reverse", "main..coming")).split("\n");

  const dir = tempFolder();
  const path = process.env["PATH"] ?? "";
  const real = join(path.split(":").find((it) => existsSync(join(it, "git"))) ?? "", "git");
  const program = `#!/bin/sh
case " $* " in *" merge-tree "*) ;; *) exec '${real}' "$@" ;; esac
'${real}' "$@"
code=$?
{ read -r tip && echo "$tip" > '${root}/.git/refs/heads/main' && cat > '${dir}/left'; } < '${dir}/tips'
[ -z "$tip" ] || mv '${dir}/left' '${dir}/tips'
exit $code
`;
  writeFileSync(join(dir, "tips"), tips.map((it) => `${it}\n`).join(""));
  writeFileSync(join(dir, "git"), program);
  chmodSync(join(dir, "git"), 0o755);
  process.env["PATH"] = `${dir}:${path}`;
  onTestFinished(() => {
    process.env["PATH"] = path;
  });
}
