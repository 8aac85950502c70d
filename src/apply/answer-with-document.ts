import { posix } from "node:path";
import type { Task } from "../board/task.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import { showFile } from "../git/objects.ts";
import { describeEnd, noteInContext } from "./context.ts";
import { type LaunchEffect, launchFacts } from "./launch-facts.ts";
import { newRunId } from "./run-id.ts";
import { keepEarlierSession, runningSession, writeSession } from "./session-record.ts";
import { baseRefOf, type World } from "./world.ts";

/** What a person still reads; the rest is where the document is. */
const MOST_BYTES = 256 * 1024;

/** Answers a request with the document of the repository that an earlier verdict names, as it is on the base branch. No process. */
export async function answerWithDocument(
  world: World,
  effect: LaunchEffect,
  { snapshot, task }: { snapshot: Snapshot; task: Task },
): Promise<void> {
  const facts = launchFacts(world, { effect, snapshot, task, persona: null, worktree: null });
  const base = await resolveRef(world.codeRepo, baseRefOf(world));
  const path = effect.work?.target ?? "";
  const document = base === null ? null : await readDocument(world, base, path);
  if (snapshot.repo.state === "ready") await keepEarlierSession(world, snapshot.repo.boardBranch, facts.sessionPath);
  const found =
    document === null
      ? ({ state: "failed", failure: "setup", reason: `there is no document "${path}" on the base branch` } as const)
      : ({ state: "done", failure: null, reason: null } as const);
  const session = {
    ...runningSession(facts, newRunId(effect)),
    ...found,
    agent: null,
    finishedAt: world.clock(),
    commitSha: base,
    costUsd: 0,
  };
  noteInContext(world, task.id, describeEnd(`End of attempt ${effect.attempt} of ${effect.step}`, session));
  failpoint("apply.document.before-session");
  writeSession(world, session, document ?? found.reason ?? "", []);
  failpoint("apply.document.after-session");
}

async function readDocument(world: World, base: string, path: string): Promise<string | null> {
  const clean = posix.normalize(path);
  if (path === "" || clean.startsWith("/") || clean.split("/").includes("..")) return null;
  const bytes = await showFile(world.codeRepo, base, clean).catch(() => null);
  if (bytes === null) return null;
  const text = bytes.subarray(0, MOST_BYTES).toString("utf8");
  const rest = bytes.length > MOST_BYTES ? `\n\n… and ${bytes.length - MOST_BYTES} bytes more.` : "";
  return `\`${clean}\` at ${base.slice(0, 12)}:\n\n${text.trimEnd()}${rest}`;
}
