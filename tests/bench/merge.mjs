import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { GIT_ENV, git, MAIN, makeRepository, quantile, scratch, write } from "./lib.mjs";

const FILES = 10_000;
const CHANGED = 10;
const WARM_ROUNDS = 3;

/**
 * What a daemon that is up does to merge a task of 10 files without checks into a repository of 10,000: until the base has moved,
 * with the working tree where it is checked out; `whole` is with the record of it. Lower bound: `git merge-tree`,
 * `commit-tree` and `update-ref` in one script, which moves no working tree. Both take turns, each in a repository of its own.
 * `isCheckedOut`: the base is what the working tree is at; else another branch. Then `ratioMoved` is to the same script with
 * the `read-tree -m -u` that moves it, which is the work that has to be done.
 */
export async function benchMerge({ isCheckedOut, rounds = 30 }) {
  const ours = scratch("merge-ours");
  const lean = scratch("merge-lean");
  const moving = scratch("merge-moving");
  try {
    const base = isCheckedOut ? "main" : "release";
    for (const { root } of isCheckedOut ? [ours, lean, moving] : [ours, lean])
      makeBranches(root, { base, count: rounds + WARM_ROUNDS });
    const { merge, close } = await makeMerge(ours.root, base);
    const samples = { moved: [], whole: [], lean: [], leanMoved: [] };
    for (let round = 0; round < rounds + WARM_ROUNDS; round++) {
      const leanMs = leanMerge(lean.root, base, `kanband/t${round}`);
      const leanMovedMs = isCheckedOut ? leanMerge(moving.root, base, `kanband/t${round}`, MOVES) : Number.NaN;
      const { movedMs, wholeMs } = await merge(`kanband/t${round}`);
      if (round < WARM_ROUNDS) continue;
      samples.lean.push(leanMs);
      samples.leanMoved.push(leanMovedMs);
      samples.moved.push(movedMs);
      samples.whole.push(wholeMs);
    }
    const trees = [ours, lean].map(({ root }) => git(root, "rev-parse", `${base}:src`));
    if (trees[0] !== trees[1]) throw new Error("the two have not merged the same");
    const status = git(ours.root, "status", "--porcelain", "--", "src");
    if (status !== "") throw new Error(`the working tree was left behind:\n${status}`);
    const [p50, whole, leanP50] = [samples.moved, samples.whole, samples.lean].map((it) => quantile(it, 0.5));
    const processes = await countProcesses(ours.root, merge, rounds + WARM_ROUNDS);
    await close();
    const moved = isCheckedOut ? movedFigures(p50, moving.root, samples.leanMoved) : {};
    return { p50, whole, leanP50, ratio: p50 / leanP50, ...moved, processes: processes.join(" ") };
  } finally {
    ours.done();
    lean.done();
    moving.done();
  }
}

function movedFigures(p50, root, samples) {
  const status = git(root, "status", "--porcelain", "--", "src");
  if (status !== "") throw new Error(`the bound has left its working tree behind:\n${status}`);
  const leanMovedP50 = quantile(samples, 0.5);
  return { leanMovedP50, ratioMoved: p50 / leanMovedP50 };
}

/**
 * A repository with branches that each change other files, of folders of their own; all began at the base. One more is for
 * counting.
 */
export function makeBranches(root, { base, count, files = FILES, changed = CHANGED, settings = `base: ${base}\n` }) {
  makeRepository(root, { tasks: 0, files, settings });
  if (base !== "main") git(root, "branch", base);
  const index = join(root, ".git/bench-index");
  const run = (args, input) => {
    const env = { ...GIT_ENV, GIT_INDEX_FILE: index };
    return execFileSync("git", args, { cwd: root, env, input, encoding: "utf8" }).trim();
  };
  for (let branch = 0; branch <= count; branch++) {
    const blob = run(["hash-object", "-w", "--stdin"], `changed by ${branch}\n`);
    const names = Array.from({ length: changed }, (_, nth) => `src/part${nth}/file${branch * 100 + nth}.txt`);
    run(["read-tree", base]);
    run(["update-index", "--index-info"], names.map((it) => `100644 ${blob}\t${it}\n`).join(""));
    const commit = run(["commit-tree", "-p", base, "-m", "Work", run(["write-tree"])]);
    git(root, "update-ref", `refs/heads/kanband/t${branch}`, commit);
  }
  rmSync(index);
}

const LEAN = `set -e
read -r from < ".git/refs/heads/$1"
tree=$(git merge-tree --write-tree "$1" "$2")
to=$(printf 'Merge\n' | git commit-tree -p "$from" -p "$2" "$tree")
`;
const MOVES = 'git read-tree -m -u "$from" "$to"\n';

function leanMerge(root, base, branch, moves = "") {
  const script = `${LEAN}${moves}git update-ref "refs/heads/$1" "$to" "$from"`;
  const startedAt = performance.now();
  execFileSync("sh", ["-c", script, "sh", base, branch], { cwd: root, env: GIT_ENV });
  return performance.now() - startedAt;
}

/** The effect of the daemon, on a repository that stays open, from an acceptance that has been looked at to its record. */
async function makeMerge(root, base) {
  const [{ applyEffect }, { openRepository }, { isAncestor }, { parseSettings }] = await Promise.all(
    ["apply/effect.js", "git/repository.js", "git/branches.js", "config/parse-settings.js"].map(
      async (it) => await import(join(dirname(MAIN), "..", it)),
    ),
  );
  const repo = await openRepository(root);
  const { settings } = parseSettings("board/board.md", readFileSync(join(root, "board/board.md")));
  const runtimeDir = join(root, ".git/kanband");
  const world = {
    boardRoot: root,
    layout: "inline",
    boardRepo: repo,
    codeRepo: repo,
    runtimeDir,
    worktreesDir: join(root, ".kanband/worktrees"),
    clock: Date.now,
    settings: () => settings,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  };
  const merge = async (branch, searchPath = process.env.PATH) => {
    const taskId = branch.slice("kanband/".length);
    const [sha, from] = git(root, "rev-parse", branch, base).trim().split("\n");
    // Each look at the board asks this, also the one before the merge.
    await isAncestor(repo, sha, from);
    const path = `board/done/${taskId}.md`;
    write(root, path, "# Work\n");
    const checks = { step: "checks", path: `sessions/${taskId}/checks.md`, persona: null, attempt: 1, commitSha: sha };
    const snapshot = {
      tasks: [
        { id: taskId, lane: "done", path, enteredAt: 0, task: { title: "Work", attempt: 1, verify: [], touches: [] } },
      ],
      sessions: new Map([[taskId, [{ ...checks, state: "done", verdict: "clean" }]]]),
      settingsBlob: null,
    };
    const own = process.env.PATH;
    process.env.PATH = searchPath;
    const startedAt = Date.now();
    await applyEffect(world, { kind: "merge", taskId }, snapshot);
    const wholeMs = Date.now() - startedAt;
    process.env.PATH = own;
    // When the ref was given its new name.
    const movedMs = statSync(join(root, ".git/refs/heads", base)).ctimeMs - startedAt;
    if (git(root, "rev-parse", `${base}^2`).trim() !== sha) throw new Error(`${branch} is not merged into ${base}`);
    return { movedMs, wholeMs };
  };
  return { merge, close: () => repo.close() };
}

/** How many git processes one more merge starts, by a git that says so. */
async function countProcesses(root, merge, round) {
  const real = execFileSync("sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const bin = join(root, ".git/bench-bin");
  write(bin, "git", `#!/bin/sh\necho "$*" >> "${bin}/calls"\nexec "${real}" "$@"\n`);
  chmodSync(join(bin, "git"), 0o755);
  await merge(`kanband/t${round}`, `${bin}:${process.env.PATH}`);
  const calls = readFileSync(join(bin, "calls"), "utf8").trim().split("\n");
  return calls.map((it) => it.replace(/^.*--work-tree=\S+ /, "").split(" ")[0]);
}
