import { readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { LANDED_REF } from "../board/landed.ts";
import { stackOfRef } from "../board/stack.ts";
import { haveSameDrivers } from "../git/attribute-drivers.ts";
import { isCommitHere } from "../git/branches.ts";
import { type Fingerprint, headName, type Tampering } from "../git/fingerprint.ts";
import { type RefLogEntry, readRefLog } from "../git/ref-log.ts";
import { FETCHED_PREFIX } from "../git/remote.ts";
import { readRuns } from "../process/read-runs.ts";
import { deletedRefsPath } from "./run-environment.ts";
import { type RunFacts, readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

export type Suspect = {
  world: World;
  before: Fingerprint;
  facts: RunFacts;
  /** The committer's address of its git. */
  email: string;
  /** Refs that its git says it deleted. */
  deleted: ReadonlySet<string>;
  /** Branches that no git moved. */
  byHand: ReadonlySet<string>;
};

/** `isByHand`: git did not do it, and nothing tells which run did. */
export type Judged = { what: string; undo: Tampering | null; isByHand?: boolean };

type FileChange = Extract<Tampering, { kind: "file" }>;
type Move = Extract<Tampering, { kind: "ref" | "head" }>;

/** The refs that a run's git noted when it deleted them. */
export function readDeletedRefs(world: World, runId: string): ReadonlySet<string> {
  try {
    return new Set(readFileSync(deletedRefsPath(world, runId), "utf8").split("\n"));
  } catch {
    return new Set();
  }
}

/** A file of git's that changed: nobody else touches these, but for some that people's git or people write. */
export function judgeFile({ world, before }: Suspect, change: FileChange): Judged | null {
  const { name } = change;
  // Without that file nothing is cut off: somebody fetched the rest.
  if (name === "shallow" && (isJustFetched(world) || textOf(join(world.codeRepo.commonDir, name)) === "")) return null;
  const [old, now] = [
    Buffer.from(before.files[name]?.bytes ?? "", "base64").toString("utf8"),
    textOf(join(world.codeRepo.commonDir, name)),
  ];
  if (name === "info/attributes" && haveSameDrivers(old, now)) return null;
  if (name !== "info/exclude") return { what: `changed ${name}`, undo: change };
  // The one that ignores is written by people, too; our own line is nobody's to take.
  const isOurs = (text: string): boolean => text.split(/\r?\n/).includes("/.kanband/");
  return isOurs(old) && !isOurs(now) ? { what: `changed ${name}`, undo: change } : null;
}

/** Settings that make git run something: put back whoever wrote them. What stands between section and name may be a secret. */
export function judgeSettings(change: Extract<Tampering, { kind: "settings" }>): Judged {
  const names = change.keys.map((it) => it.replace(/^(url|credential)\..*\./, "$1.*."));
  return { what: `changed ${change.name} (${names.join(", ")})`, undo: change };
}

const FETCH_MS = 60_000;

// A fetch of a person may make a clone shallower or deeper, and notes what it fetched.
function isJustFetched({ codeRepo }: World): boolean {
  const at = (name: string): number =>
    statSync(join(codeRepo.commonDir, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return at("FETCH_HEAD") > 0 && Math.abs(at("FETCH_HEAD") - at("shallow")) < FETCH_MS;
}

/** The HEAD of another worktree, other than those that people work in, which are looked after all the time. */
export function judgeHead({ world, before, email }: Suspect, name: string): Judged | null {
  const what = `moved HEAD of ${name === "" ? "the main working tree" : name}`;
  const text = textOf(join(world.codeRepo.commonDir, name, "HEAD")).trim();
  const runs = readRuns(runsDirOf(world)).flatMap(({ record }) => readRunFacts(record) ?? []);
  const owner = runs.find(({ worktree }) => `worktrees/${basename(worktree)}` === name);
  const old = before.heads[name];
  const isFree = old !== undefined && /^[0-9a-f]{40,64}$/.test(old) && owner === undefined;
  const isStrange = !/^(?:[0-9a-f]{40,64}|ref: refs\/heads\/kanband(?:-cycle)?\/\S+)$/.test(text);
  if (text !== "" && isFree && isStrange && isOfPool(world, name)) {
    return { what, undo: { kind: "head", name, before: old, after: text } };
  }
  return readRefLog(world.codeRepo, headName(name)).some((it) => it.email === email) ? { what, undo: null } : null;
}

function isOfPool({ codeRepo, worktreesDir }: World, name: string): boolean {
  return textOf(join(codeRepo.commonDir, name, "gitdir")).startsWith(`${worktreesDir}/`);
}

/** A ref that was made, moved or deleted by this run's git, a branch that no git moved, and one of ours that changed. */
export async function judgeRef(suspect: Suspect, change: Move): Promise<Judged | null> {
  const { world, before, email, deleted, byHand } = suspect;
  const { name, after } = change;
  if (stackOfRef(name) !== null || name === LANDED_REF) return judgeMovingRef(suspect, change);
  // A person's `kanband pr` makes them for a moment, and the next one removes what a kill has left.
  if (name.startsWith(FETCHED_PREFIX)) return null;
  const isOurs = name.startsWith("refs/kanband/");
  // New ones are the daemon's; one that is there never changes.
  if (isOurs) return before.refs[name] === undefined ? null : { what: `changed ${name}`, undo: change };
  const log = readRefLog(world.codeRepo, name);
  // A copy or a rename takes the log along: what it tells of before happened to another ref.
  const made = log.findLastIndex((it) => /^Branch: (?:copied|renamed) /.test(it.message));
  const first = log.findIndex((it, index) => index >= made && it.email === email);
  if (first !== -1) {
    const isMixed = log.slice(first).some((it) => it.email !== email && !isDaemon(it));
    // Whoever committed upon it would lose that commit.
    if (isMixed) return { what: `moved ${name}, and others moved it since: look at it`, undo: null };
    const old = first === made ? (before.refs[name] ?? null) : (log[first]?.oldSha ?? null);
    return { what: `moved ${name}`, undo: { kind: "ref", name, before: isZero(old) ? null : old, after } };
  }
  // Whose log is gone, or never was, may be anybody's: its commits are kept.
  if (after === null && deleted.has(name)) return { what: `deleted ${name}`, undo: change };
  const isByHand = byHand.has(name) && (await isHere(world, before.refs[name]));
  return isByHand ? { what: `${after === null ? "removed" : "moved"} ${name} by hand`, undo: change, isByHand } : null;
}

// The daemon moves these, too: its git keeps their log, and takes it along with a ref that goes.
function judgeMovingRef({ world, email, deleted }: Suspect, change: Move): Judged | null {
  const { name, after } = change;
  const judged = { what: `changed ${name}`, undo: change };
  // Of a branch that goes the daemon takes the stack along.
  if (after === null) return deleted.has(name) || name === LANDED_REF ? judged : null;
  const log = readRefLog(world.codeRepo, name);
  return log.at(-1)?.newSha === after && log.every((it) => it.email !== email) ? null : judged;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

async function isHere({ codeRepo }: World, sha: string | undefined): Promise<boolean> {
  return sha !== undefined && (await isCommitHere(codeRepo, sha));
}

function isDaemon({ message }: RefLogEntry): boolean {
  return message === "kanband";
}

function isZero(sha: string | null): boolean {
  return sha === null || /^0+$/.test(sha);
}
