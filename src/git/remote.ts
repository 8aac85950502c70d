import { spawn } from "node:child_process";
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { nonce } from "../files/place.ts";
import type { GitPlace } from "./profile.ts";
import { listRefs } from "./ref-list.ts";
import { checkRefName } from "./ref-name.ts";
import { updateRefs } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { type GitResult, startFailure } from "./run.ts";

/** A remote as the person's settings name it; `url` as they wrote it. */
export type Remote = { name: string; url: string };

/** Where a fetch of ours puts what it has fetched, until that is read. */
export const FETCHED_PREFIX = "refs/kanband/fetched/";

type Env = Readonly<Record<string, string | undefined>>;

/** The remotes of a repository, that of a branch first, then `origin`. Code: GIT_MISSING. */
export async function listRemotes(place: GitPlace, branch: string, env: Env): Promise<Remote[]> {
  const { stdout } = await gitAsPerson(place, ["config", "-z", "--get-regexp", "^remote\\..*\\.url$"], env);
  const remotes = stdout.split("\0").flatMap((it): Remote[] => {
    const [key = "", url = ""] = it.split("\n");
    const name = key.replace(/^remote\./, "").replace(/\.url$/, "");
    return name === "" || name.startsWith("-") ? [] : [{ name, url }];
  });
  const own = await gitAsPerson(place, ["config", "--get", `branch.${branch}.remote`], env);
  const rank = ({ name }: Remote): number => (name === own.stdout.trim() ? 0 : name === "origin" ? 1 : 2);
  return remotes.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * Pushes a branch (its short name) to the same name, as the person would, with their credentials and hooks. Never by force.
 * Codes: PUSH_REJECTED when the remote has commits that the branch lacks, or refuses them; REMOTE_FAILED.
 */
export async function pushBranch(place: GitPlace, { remote, branch }: Pushing, env: Env): Promise<void> {
  const ref = `refs/heads/${branch}`;
  checkRefName(ref);
  const { exitCode, stdout, stderr } = await gitAsPerson(place, ["push", "--porcelain", remote, `${ref}:${ref}`], env);
  if (exitCode === 0) return;
  const refusal = /^!\t\S+\t(\[.*)$/m.exec(stdout)?.[1];
  const command = `git push ${remote} ${branch}`;
  if (refusal === undefined) throw failed(command, stderr);
  const message = `\`${command}\`: ${refusal}`;
  if (refusal.startsWith("[rejected]")) throw new KanbandError("PUSH_REJECTED", message);
  const hint = "The remote says why; nothing was changed there.";
  throw new KanbandError("PUSH_REJECTED", `${message}\n${stderr.trim()}`, { hint });
}

/**
 * Fetches a branch (its short name) as the person would, and answers its tip there. It goes to a ref of this fetch alone: in
 * FETCH_HEAD another one in the same checkout, as of an editor, may have put something else by then. Code: REMOTE_FAILED.
 */
export async function fetchBranch(repo: Repository, { remote, branch }: Pushing, env: Env): Promise<string> {
  const ref = `refs/heads/${branch}`;
  checkRefName(ref);
  await dropFetched(repo, (it) => isLeftBehind(repo, it));
  const fetched = `${FETCHED_PREFIX}${nonce()}`;
  try {
    // Nor does it take from somebody's `git pull` what that has written there.
    const args = ["fetch", "--no-tags", "--no-write-fetch-head", remote, `+${ref}:${fetched}`];
    const { exitCode, stderr } = await gitAsPerson(repo, args, env);
    const sha = refSha(repo, fetched);
    if (exitCode !== 0 || sha === null) throw failed(`git fetch ${remote} ${branch}`, stderr);
    return sha;
  } finally {
    await dropFetched(repo, (it) => it === fetched);
  }
}

// One that cannot be removed now is by the next fetch.
async function dropFetched(repo: Repository, isOver: (ref: string) => boolean): Promise<void> {
  const over = [...listRefs(repo, FETCHED_PREFIX)].filter(([ref]) => isOver(ref));
  const moves = over.map(([ref]) => ({ ref, from: refSha(repo, ref), to: null }));
  if (moves.length > 0) await updateRefs(repo, moves).catch(() => undefined);
}

/** Whether whoever fetched it was killed: it is read as soon as it is there. */
function isLeftBehind({ commonDir }: GitPlace, ref: string): boolean {
  const stat = lstatSync(join(commonDir, ref), { throwIfNoEntry: false });
  return stat === undefined || Date.now() - stat.mtimeMs > LEFT_BEHIND_MS;
}

const LEFT_BEHIND_MS = 60_000;

type Pushing = { remote: string; branch: string };

function failed(command: string, text: string): KanbandError {
  return new KanbandError("REMOTE_FAILED", `\`${command}\` failed: ${text.trim().slice(0, 2000) || "no message"}`);
}

// Of the hardened profile nothing holds here: the remote may need a person's settings, helpers and agent, and may ask them on
// their terminal. So it stays in their process group. Only what git would take for another repository goes.
function gitAsPerson(place: GitPlace, args: readonly string[], env: Env): Promise<GitResult> {
  const own = Object.entries(env).filter(([name]) => !ELSEWHERE.has(name));
  return new Promise((resolve, reject) => {
    const child = spawn("git", args, {
      cwd: place.top,
      // Its messages are read.
      env: { ...Object.fromEntries(own), LC_ALL: "C.UTF-8", LANGUAGE: "" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (cause: NodeJS.ErrnoException) => reject(startFailure(cause)));
    child.on("close", (code) => {
      const [stdout, stderr] = [Buffer.concat(out).toString("utf8"), Buffer.concat(err).toString("utf8")];
      resolve({ exitCode: code ?? 128, stdout, stderr });
    });
  });
}

const ELSEWHERE: ReadonlySet<string> = new Set([
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_COMMON_DIR",
  "GIT_OBJECT_DIRECTORY",
]);
