import { lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join, sep } from "node:path";
import { RUN_DOMAIN } from "../board/pool.ts";
import type { SlotSettings } from "../config/settings.ts";
import { DELETED_REFS, pushBarrier } from "../git/push-barrier.ts";
import { buildEnvironment } from "../process/environment.ts";
import { runsDirOf, type World } from "./world.ts";

/** Tools that put hooks into a repository when packages are installed leave it alone: no commit of a run is to run them. */
const NO_HOOKS = { HUSKY: "0", LEFTHOOK: "0", SKIP_SIMPLE_GIT_HOOKS: "1" };

/** The address that stands in the reflog where this run moved something. */
export function emailOfRun(runId: string): string {
  return `${runId.replace(/[^A-Za-z0-9.-]/g, "-")}@${RUN_DOMAIN}`;
}

/** Whether an address in a log is that of some run. */
export function isEmailOfRun(email: string): boolean {
  return email.endsWith(`@${RUN_DOMAIN}`);
}

/** Where a run's git notes the refs that it deletes. */
export function deletedRefsPath(world: World, runId: string): string {
  return join(runsDirOf(world), runId, "deleted-refs");
}

/**
 * The environment of a run: nothing but the allowlist of its slot and agent, its own HOME where the slot has one, and what
 * makes an honest `git push` fail. A push needs credentials, and none are here; the rest is a fence, not a wall.
 */
export async function runEnvironment(
  world: World,
  run: {
    runId: string;
    taskId: string;
    slot: SlotSettings | null;
    allow: readonly string[];
    set: Readonly<Record<string, string>>;
  },
): Promise<Record<string, string>> {
  const home = run.slot?.home ?? null;
  const homePath = home === null || isAbsolute(home) ? home : join(world.boardRoot, home);
  if (homePath !== null) makeHome(world, homePath);
  const barrier = await pushBarrier(world.codeRepo);
  return buildEnvironment({
    allow: [...(run.slot?.env ?? []), ...run.allow],
    set: {
      ...NO_HOOKS,
      ...run.set,
      ...barrier.env,
      GIT_AUTHOR_NAME: "kanband agent",
      GIT_AUTHOR_EMAIL: `agent@${RUN_DOMAIN}`,
      GIT_COMMITTER_NAME: "kanband agent",
      GIT_COMMITTER_EMAIL: emailOfRun(run.runId),
      [DELETED_REFS]: deletedRefsPath(world, run.runId),
      KANBAND_TASK: run.taskId,
      ...(run.slot === null ? {} : { KANBAND_SLOT: run.slot.name }),
    },
    home: homePath,
  });
}

// Logins will lie there, or do so already: in a repository nobody must commit them by accident.
function makeHome({ boardRoot, codeRepo }: World, home: string): void {
  mkdirSync(home, { recursive: true });
  const isInside = [boardRoot, codeRepo.top].some((it) => home.startsWith(it + sep));
  const path = join(home, ".gitignore");
  if (isInside && lstatSync(path, { throwIfNoEntry: false }) === undefined) writeFileSync(path, "*\n", { flag: "wx" });
}
