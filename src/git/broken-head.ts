import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileDurably } from "../files/durable.ts";
import type { Before, Breakage } from "./breakage-facts.ts";
import { headName } from "./fingerprint-facts.ts";
import { readHeadNow } from "./head.ts";
import type { GitPlace } from "./profile.ts";
import { type RefLogEntry, readRefLog, readRefLogSince } from "./ref-log.ts";
import { readText, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { isRefFileWhole } from "./whole.ts";

/** Between the log and HEAD git takes a moment; so may any other program. */
const MOMENT_MS = 60;

/**
 * A HEAD that cannot be read, or that a run's git moved, as its log tells. It goes back to where people's git had it last, and
 * its files with it where they had followed. Where the log does not tell, it is where a person wants it.
 */
export async function brokenHead(repo: Repository, place: GitPlace, before: Before): Promise<Breakage[]> {
  const first = judge(repo, place, before);
  if (first === null) return [];
  if (first.how !== "broke") await sleep(MOMENT_MS);
  const now = first.how === "broke" ? first : judge(repo, place, before);
  if (now === null) return [];
  const path = join(place.gitDir, "HEAD");
  const name = `${now.how} ${headName(relative(repo.commonDir, place.gitDir))}`;
  const put = (): void => writeFileDurably(path, `${now.to}\n`);
  if (now.how !== "switched") return [{ what: name, path: existsSync(path) ? path : null, mend: put }];
  const mend = async (): Promise<void> => {
    await moveFiles(place, now.to);
    put();
  };
  return [{ what: name, path: null, mend }];
}

type Judgement = { how: "broke" | "moved" | "switched"; to: string };

function judge(repo: Repository, place: GitPlace, { fingerprint, isRun }: Before): Judgement | null {
  const folder = relative(repo.commonDir, place.gitDir);
  const recorded = fingerprint.heads[folder];
  if (recorded === undefined || !isRefFileWhole(recorded)) return null;
  const text = readText(join(place.gitDir, "HEAD")) ?? "";
  const end = fingerprint.logEnds?.[folder];
  const log = end === undefined ? null : readRefLogSince(repo, headName(folder), end);
  const known = log ?? readRefLog(repo, headName(folder));
  const to = lastSwitch(
    repo,
    recorded,
    known.filter((it) => !isRun(it.email)),
  );
  if (!isRefFileWhole(text)) return { how: "broke", to };
  const now = text.trim();
  const isProven = log?.some((it) => isRun(it.email)) === true;
  if (now === to || log === null || !isProven || readHeadNow(place).operation !== null || !isThere(repo, to))
    return null;
  if (log.some((it) => isRun(it.email) && isSwitch(it))) return { how: "switched", to };
  // Where `git symbolic-ref` was told to go does not stand in the log; by a person's hand it stays.
  const isUntold = log.some((it) => !isRun(it.email) && (it.message === "" || /^0+$/.test(it.oldSha)));
  // Nor does a new branch without a past, as long as it has no commit.
  if (isUntold || !isThere(repo, now)) return null;
  // Detached where something was, by a program that words it in its own way.
  return log.some((it) => it.newSha === now) ? null : { how: "moved", to };
}

/** Where HEAD should be after these entries of its log. */
function lastSwitch(repo: Repository, recorded: string, log: readonly RefLogEntry[]): string {
  let at = recorded;
  for (const { newSha, message } of log) {
    const [, ref] = /(?:returning to|renamed refs\/\S+ to) (refs\/\S+)$/.exec(message) ?? [];
    const [, name] = /: moving from .* to (\S+)$/.exec(message) ?? [];
    if (ref !== undefined) at = `ref: ${ref}`;
    else if (name !== undefined) at = isThere(repo, `ref: refs/heads/${name}`) ? `ref: refs/heads/${name}` : newSha;
    else if (/^rebase .*\(start\)/.test(message) || !at.startsWith("ref:")) at = newSha;
  }
  return at;
}

function isSwitch({ message }: RefLogEntry): boolean {
  return message.startsWith("checkout: ");
}

function isThere(repo: Repository, head: string): boolean {
  return !head.startsWith("ref:") || refSha(repo, head.replace(/^ref:\s*/, "")) !== null;
}

// What somebody has changed meanwhile stays as it is; where that is in the way, nothing is done.
async function moveFiles(place: GitPlace, to: string): Promise<void> {
  const [from, target] = [
    refSha(place, "HEAD"),
    to.startsWith("ref:") ? refSha(place, to.replace(/^ref:\s*/, "")) : to,
  ];
  if (from === null || target === null || from === target) return;
  const env = await safeEnvironment(place);
  await git(place, ["update-index", "-q", "--refresh"], { env, ok: [1] });
  await git(place, ["read-tree", "-m", "-u", from, target], { env });
}
