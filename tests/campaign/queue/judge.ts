import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackOfRef } from "../../../src/board/stack.ts";
import { findLitter } from "../../e2e/crash/read-world.ts";
import { type Git, gitAt } from "../../helpers/git-repo.ts";
import { blockedReason, lanesOf, SLOTS, taskText, VERIFY } from "./board.ts";
import type { QueueTask } from "./draw.ts";
import { findProcesses } from "./processes.ts";

/** What is not as it has to be once everything is over and the daemon is down, one line each. */
export async function judge(root: string, tasks: readonly QueueTask[]): Promise<string[]> {
  const git = gitAt(root);
  return [
    ...judgeLanes(root, tasks),
    ...(await judgeHistory(git, root, tasks)),
    ...(await judgeCode(git, root, tasks)),
    ...verifyBase(root),
    ...(await judgeRefs(git, root, tasks)),
    ...(await judgeWorktrees(git)),
    ...findProcesses(root).map((it) => `process ${it} is left`),
    ...(await findLitter(root)),
  ];
}

/** Where every task ended, and what the base has besides the board; of shared files the lines, in whatever order. */
export async function endState(root: string, tasks: readonly QueueTask[]): Promise<string[]> {
  const code = await codeOf(gitAt(root));
  const lines = [...code].map(([path, text]) => `${path}: ${text.split("\n").toSorted().join(" | ")}`);
  return [...tasks.map(({ id, kind }) => `${id}, ${kind.name}: ${laneOf(root, id)}`), ...lines];
}

function judgeLanes(root: string, tasks: readonly QueueTask[]): string[] {
  return tasks.flatMap(({ id, kind }) => {
    const lane = laneOf(root, id);
    const reason = blockedReason(taskText(root, id, "blocked"));
    if (lane !== kind.ends) return [`${id}, ${kind.name}, is in ${lane} and not in ${kind.ends}: ${reason}`];
    const isTrue = kind.blockedAs === null || kind.blockedAs.test(reason);
    return isTrue ? [] : [`${id}, ${kind.name}, is blocked for another reason: ${reason}`];
  });
}

function laneOf(root: string, id: string): string {
  return (lanesOf(root).get(id) ?? []).join(" and ") || "no lane";
}

/** One merge a task that is done, found by its trailer on the first parents of the base, and no others. */
async function judgeHistory(git: Git, root: string, tasks: readonly QueueTask[]): Promise<string[]> {
  const log = await git(
    "log",
    "--first-parent",
    "--merges",
    "--format=%(trailers:key=Task,valueonly,separator=%x2C)",
    "main",
  );
  const merged = log.split("\n").filter((it) => it !== "");
  const known = new Set(tasks.map(({ id }) => id));
  const counts = tasks.flatMap(({ id }) => {
    const count = merged.filter((it) => it === id).length;
    const wanted = laneOf(root, id) === "done" ? 1 : 0;
    return count === wanted ? [] : [`the base has ${count} merges of ${id} and not ${wanted}`];
  });
  return [...counts, ...merged.filter((it) => !known.has(it)).map((it) => `the base has a merge of ${it}`)];
}

/** The work of every task that is done is in the tree of the base, and that of no other. */
async function judgeCode(git: Git, root: string, tasks: readonly QueueTask[]): Promise<string[]> {
  const code = await codeOf(git);
  const done = tasks.filter(({ id }) => laneOf(root, id) === "done");
  const works = tasks.flatMap((task) => {
    const { id, kind } = task;
    const wanted = done.includes(task) ? [`ok by ${id}`, ...kind.adds].join("\n") : undefined;
    const got = code.get(`work/${id}.txt`);
    return got === wanted ? [] : [`the base has ${JSON.stringify(got)} of ${id} and not ${JSON.stringify(wanted)}`];
  });
  const groups = new Set(tasks.flatMap(({ group }) => group ?? []));
  const shared = [...groups].flatMap((group) => {
    const ids = done.filter((it) => it.group === group).map(({ id }) => id);
    const wanted = (ids.length === 0 ? ["nobody"] : ids).toSorted().join();
    const got = (code.get(`shared/${group}.txt`) ?? "").split("\n").toSorted().join();
    return got === wanted ? [] : [`shared/${group}.txt of the base has ${got} and not ${wanted}`];
  });
  return [...works, ...shared];
}

/** Text by path. */
async function codeOf(git: Git): Promise<Map<string, string>> {
  const names = (await git("ls-tree", "-r", "--name-only", "main", "work/", "shared/")).split("\n");
  const paths = names.filter((it) => it !== "");
  const texts = await Promise.all(paths.map(async (path) => await git("show", `main:${path}`)));
  return new Map(paths.map((path, index) => [path, texts[index] ?? ""]));
}

/** The checks of the board, on a clean checkout of the base. */
function verifyBase(root: string): string[] {
  const checkout = mkdtempSync(join(tmpdir(), "kanband-test-base-"));
  try {
    execFileSync("sh", ["-c", `git -C "$1" archive main | tar -x -C "$2"`, "sh", root, checkout]);
    return VERIFY.flatMap((command) => {
      try {
        execFileSync("sh", ["-c", command], { cwd: checkout, stdio: "pipe" });
        return [];
      } catch (error) {
        return [`on the base: ${String(error)}`];
      }
    });
  } finally {
    rmSync(checkout, { recursive: true, force: true });
  }
}

/** Branches only of what is blocked; of what is done nothing but what was kept. */
async function judgeRefs(git: Git, root: string, tasks: readonly QueueTask[]): Promise<string[]> {
  const refs = (await git("for-each-ref", "--format=%(refname)", "refs/heads/kanband/", "refs/kanband/")).split("\n");
  const blocked = tasks.filter(({ id }) => laneOf(root, id) === "blocked").map(({ id }) => id);
  return refs.filter((ref) => isLeft(ref, tasks, blocked)).map((it) => `${it} is left`);
}

function isLeft(ref: string, tasks: readonly QueueTask[], blocked: readonly string[]): boolean {
  if (ref.startsWith("refs/kanband/preserved/")) return false;
  // In blocked/ a branch follows nobody, and still says upon what it stood.
  const upper = stackOfRef(ref)?.upperId;
  if (upper !== undefined) return !blocked.includes(upper);
  const named = tasks.filter(({ id }) => ref.split("/").includes(id)).map(({ id }) => id);
  if (named.length === 0) return ref.startsWith("refs/heads/kanband/");
  return !named.every((id) => blocked.includes(id));
}

/** None is in use, and no more of them are kept for later than could be in use. */
async function judgeWorktrees(git: Git): Promise<string[]> {
  const list = await git("worktree", "list", "--porcelain");
  const inUse = [...list.matchAll(/^branch refs\/heads\/(kanband\S*)$/gm)].map(
    ([, name]) => `a worktree is at ${name}`,
  );
  const idle = [...list.matchAll(/^detached$/gm)].length;
  return [...inUse, ...(idle > SLOTS ? [`${idle} worktrees are kept`] : [])];
}

/** Lines that one of two has and the other has not. */
export function differences(a: readonly string[], b: readonly string[]): string[] {
  return [
    ...a.filter((it) => !b.includes(it)).map((it) => `only without kills: ${it}`),
    ...b.filter((it) => !a.includes(it)).map((it) => `only with kills: ${it}`),
  ];
}
