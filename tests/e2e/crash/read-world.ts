import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { LANES } from "../../../src/board/lane.ts";
import { processesOf } from "../../helpers/live-board.ts";

/** What can be compared between a world that was disturbed and one that was not: names and their contents. */
export type Facts = Readonly<Record<string, string>>;

/** Where files of this task lie, relative to the root. */
export function laneFiles(root: string, id: string): string[] {
  return LANES.map((lane) => `board/${lane}/${id}.md`).filter((path) => existsSync(join(root, path)));
}

/** Everything that matters, without what differs between any two days: times, ids of commits and runs, names of worktrees. */
export async function readFacts(root: string): Promise<Facts> {
  const facts = new Map<string, string>();
  for (const folder of ["board", "sessions"]) {
    for (const path of listFiles(root, folder))
      facts.set(path, inStepOrder(inOrder(plain(readFileSync(join(root, path), "utf8")))));
  }
  const tree = await git(root, "ls-tree", "-r", "main");
  facts.set(
    "code on the base",
    tree
      .split("\n")
      .filter((line) => !/\t(board|sessions|personas)\//.test(line))
      .join("\n"),
  );
  facts.set(
    "merges",
    lines(await git(root, "log", "--merges", "--format=%s", "main"))
      .map(plain)
      .sort()
      .join("\n"),
  );
  const kept = new Map<string, Set<string>>();
  for (const ref of lines(
    await git(root, "for-each-ref", "--format=%(refname)", "refs/heads/", "refs/kanband/preserved/"),
  )) {
    if (ref === "refs/heads/main") continue;
    const name = ref.replace(/^(refs\/kanband\/preserved\/.*)\/\d+$/, "$1");
    const diff = lines(await git(root, "diff", "--raw", "--no-abbrev", `main...${ref}`)).map((it) =>
      it.replace(/^\S+ (\S+) \S+ (\S+) \w+/, "$1 $2"),
    );
    kept.set(name, new Set([...(kept.get(name) ?? []), ...diff]));
  }
  for (const [name, diff] of kept) if (diff.size > 0) facts.set(name, [...diff].sort().join("\n"));
  facts.set("starts of agents", startsOf(root));
  return Object.fromEntries([...facts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What must not be there whatever happened, one line each. */
export async function findLitter(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of processesOf(root)) found.push(`process ${pid} is left: ${commandOf(pid)}`);
  for (const path of listFiles(root, "")) {
    if (/\/\.kanband-[^/]*$/.test(`/${path}`)) found.push(`${path} is left`);
    if (/^\.git\/.*\.lock$|\/tmp_obj_[^/]*$|^\.git\/kanband\/(lock|ready\.json)$/.test(path))
      found.push(`${path} is left`);
    if (/^\.git\/kanband\/(runs|tmp)\//.test(path)) found.push(`${path} is left`);
  }
  const status = await git(root, "status", "--porcelain");
  if (status !== "") found.push(`git status says: ${status}`);
  const fsck = await gitAll(root, "fsck", "--strict", "--no-dangling", "--no-progress");
  if (fsck.trim() !== "") found.push(`git fsck says: ${fsck.trim()}`);
  const worktrees = await git(root, "worktree", "list", "--porcelain");
  if (/^(prunable|locked)/m.test(worktrees)) found.push(`git worktree list says: ${worktrees}`);
  const runIds = readJournal(root).map((it) => it.runId);
  for (const id of runIds) if (runIds.indexOf(id) !== runIds.lastIndexOf(id)) found.push(`run ${id} ran twice`);
  return found;
}

/** Facts that are not as they should be, one line each. */
export function compareFacts(expected: Facts, actual: Facts): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return names.flatMap((name) => {
    const [wanted, got] = [expected[name], actual[name]];
    if (wanted === got) return [];
    if (wanted === undefined) return [`${name} should not be there:\n${got}`];
    return got === undefined ? [`${name} is missing`] : [`${name} differs:\n${differing(wanted, got)}`];
  });
}

function differing(wanted: string, got: string): string {
  const [a, b] = [wanted.split("\n"), got.split("\n")];
  const lost = a.filter((line) => !b.includes(line)).map((line) => `  - ${line}`);
  const extra = b.filter((line) => !a.includes(line)).map((line) => `  + ${line}`);
  return [...lost, ...extra].join("\n") || `  - ${a.join("\n  - ")}\n  + ${b.join("\n  + ")}`;
}

// Whether a worktree had been set up before, and whether a run began before a person saved, is chance in any run.
function plain(text: string): string {
  return (
    text
      .replace(/^## Set-up for attempt \d+\n\n````?text\n[^`]*````?\n\n?/gm, "")
      .replace(/(Typed late\.\n+)(?=````)/g, "")
      // What was committed is compared; who committed it can not be told after a crash.
      .replace(/^Committed by the daemon: .*$/gm, "")
      .replace(/\n{2,}/g, "\n")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>")
      .replace(/\b\d\d:\d\d:\d\d(\.\d+)?\b/g, "<time>")
      .replace(/\b[0-9a-f]{7,40}\b/g, "<sha>")
      .replace(/^run: .*\n/gm, "")
      // Of the durations above, and of what a person typed late.
      .replace(/^(prompt|- Prompt): .*$/gm, "$1: <sizes>")
      .replace(/^Merged into the base as <sha>\.$/gm, "Merged into the base.")
      // With what it was verified tells who lived to tell.
      .replace(/^Verified before that on the tree [^\n]*\n(?:- .*\n?)+/gm, "")
      .replace(/^(reworks|spent_usd): .*\n(?=[\s\S]*^Merged into)/gm, "")
      .replace(/\b\d+(\.\d+)? ?(ms|s)\b/g, "<duration>")
      .replace(/^slot: .*$/gm, "slot: <slot>")
      .replace(/Slot [A-Z]\b/g, "Slot <slot>")
      .replace(/worktrees\/w\d+/g, "worktrees/<w>")
      .replace(/preserved\/([^/\s`]+)\/\d+/g, "preserved/$1/<n>")
  );
}

// The order of keys that come and go is of no meaning; nor is which of three equal failures was the last one.
function inOrder(text: string): string {
  return text.replace(/^---\n([\s\S]*?)\n---\n/, (_, keys: string) => {
    const sorted = keys
      .split("\n")
      .filter((line) => line !== "paused_board: true")
      .sort();
    return `---\n${sorted.join("\n")}\n---\n`;
  });
}

// Which of several steps at once is told of first is chance, and so is what is left of the budget when the next one starts.
function inStepOrder(text: string): string {
  if (text.startsWith("# Decisions of ")) return text.split("\n").sort().join("\n");
  if (!text.startsWith("# Context of ") || !/^## .*\d of \S+$/m.test(text)) return text;
  const sections = text.replace(/^(- Limits: .*)\$[\d.]+$/gm, "$1$<left>").split("\n## ");
  return sections.sort().join("\n## ");
}

function startsOf(root: string): string {
  const counts = new Map<string, number>();
  for (const { taskId } of readJournal(root)) counts.set(taskId, (counts.get(taskId) ?? 0) + 1);
  return [...counts]
    .map(([taskId, count]) => `${taskId} ${count}`)
    .sort()
    .join("\n");
}

function readJournal(root: string): { taskId: string; runId: string }[] {
  const path = join(root, ".kanband/journal");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return [...text.matchAll(/^start (\S+) (\S+)$/gm)].map(([, taskId = "", runId = ""]) => ({ taskId, runId }));
}

function listFiles(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((it) => !it.isDirectory())
    .map((it) => join(it.parentPath, it.name).slice(root.length + 1))
    .filter((path) => !path.startsWith(".kanband/worktrees/"));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").slice(0, 200);
  } catch {
    return "it has ended";
  }
}

const run = promisify(execFile);

async function git(root: string, ...args: string[]): Promise<string> {
  return (await run("git", args, { cwd: root })).stdout.trim();
}

/** Both streams, whatever the exit code. */
async function gitAll(root: string, ...args: string[]): Promise<string> {
  return await run("git", args, { cwd: root }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: Error) => error.message,
  );
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
