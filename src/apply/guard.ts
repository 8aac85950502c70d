import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "../files/failpoint.ts";
import { type Breakage, findBreakages, keepIndexes } from "../git/breakage.ts";
import { stampOf } from "../git/head.ts";
import type { GitPlace } from "../git/profile.ts";
import { refSha } from "../git/refs.ts";
import { readSymbolicRef } from "../git/symbolic-ref.ts";
import { type RunRecord, readRuns } from "../process/read-runs.ts";
import { keepAside, noteMended } from "./mended.ts";
import { isEmailOfRun } from "./run-environment.ts";
import { isBoxed, type RunFacts, readRunFacts } from "./run-facts.ts";
import { baseRefOf, runsDirOf, type World } from "./world.ts";

const BOARD_REF = "refs/kanband/board";

/**
 * Mends what a run without a sandbox broke so that no git works any more, or moved behind git's back: at once, since
 * nothing else goes on until then. What was there is kept in a file, and every such run that is recorded hears of it: its end
 * says so. Looks at the stamps of a few files, and only while there are runs. `isAll`: looks at every ref, whatever the
 * stamps say.
 */
export async function guardRepository(world: World, { isAll = false } = {}): Promise<void> {
  const names = namesIn(runsDirOf(world));
  if (names.length === 0) return;
  const stampNow = (): string => [...names, ...watched(world).map(stampOf)].join();
  const stamp = stampNow();
  if (!isAll && KNOWN.get(world.codeRepo)?.stamp === stamp) return;
  const suspects = readRuns(runsDirOf(world)).flatMap((run) => suspectOf(run) ?? []);
  const newest = suspects.toSorted((a, b) => a.facts.startedAt - b.facts.startedAt).at(-1);
  const whole = newest === undefined ? stamp : await mendAll(world, suspects, newest.facts, { isAll, stampNow });
  if (!isAll) KNOWN.set(world.codeRepo, { stamp: whole, seen: whereNow(world) });
}

/** Copies what a run might break and nothing else holds: to be called before each start. */
export function keepForGuard(world: World): void {
  keepIndexes(checkoutsOf(world), copiesOf(world));
}

// A cache: at these stamps everything was in order, and these refs were there.
const KNOWN = new WeakMap<object, { stamp: string; seen: ReadonlyMap<string, string> }>();

type Suspect = { run: RunRecord; facts: RunFacts };

function suspectOf(run: RunRecord): Suspect | null {
  const facts = readRunFacts(run.record);
  return facts === null || facts.fingerprint === null || isBoxed(facts) ? null : { run, facts };
}

/** Answers the stamp of before the last look, which found nothing more: what breaks during that look is looked at again. */
async function mendAll(
  world: World,
  suspects: readonly Suspect[],
  { fingerprint }: RunFacts,
  { isAll, stampNow }: { isAll: boolean; stampNow: () => string },
): Promise<string> {
  if (fingerprint === null) return stampNow();
  const board = fingerprint.refs[BOARD_REF]?.replace(/^ref: /, "");
  const before = {
    fingerprint,
    checkouts: checkoutsOf(world),
    vital: [BOARD_REF, baseRefOf(world), ...(board === undefined ? [] : [board])],
    seen: KNOWN.get(world.codeRepo)?.seen ?? new Map<string, string>(),
    isRun: isEmailOfRun,
    copies: copiesOf(world),
  };
  // One thing mended may be what another is judged by.
  const tried = new Set<string>();
  for (;;) {
    const stamp = stampNow();
    const next = (await findBreakages(world.codeRepo, before, { isAll })).find(({ what }) => !tried.has(what));
    if (next === undefined) return stamp;
    tried.add(next.what);
    await mend(world, suspects, next);
  }
}

async function mend(
  world: World,
  suspects: readonly Suspect[],
  { what, path, mend: putBack }: Breakage,
): Promise<void> {
  const brokenAt =
    (path === null ? null : statSync(path, { throwIfNoEntry: false })?.ctimeMs) ?? Number.POSITIVE_INFINITY;
  const guilty = suspects.filter(({ facts }) => facts.startedAt <= brokenAt);
  const line = keepAside(world, guilty[0]?.run.runId ?? "", { what, path });
  for (const { run } of guilty) noteMended(run.runDir, line);
  failpoint("apply.guard.before-mend");
  const runIds = guilty.map(({ run }) => run.runId);
  try {
    await putBack();
    world.log.warn({ what: line, runIds }, "the repository was broken and is mended");
  } catch (error) {
    // What a person is at stands in the way, such as files of a checkout: `status` says what is wrong there.
    world.log.error({ what: line, runIds, err: error }, "the repository is broken and cannot be mended");
  }
  failpoint("apply.guard.after-mend");
}

function checkoutsOf({ codeRepo, boardRepo }: World): GitPlace[] {
  const isShared = boardRepo.commonDir === codeRepo.commonDir && boardRepo.gitDir !== codeRepo.gitDir;
  return isShared ? [codeRepo, boardRepo] : [codeRepo];
}

function copiesOf({ runtimeDir }: World): string {
  return join(runtimeDir, "indexes");
}

function whereNow(world: World): ReadonlyMap<string, string> {
  const base = baseRefOf(world);
  const board = readSymbolicRef(world.boardRepo, BOARD_REF) ?? base;
  return new Map(
    [base, board].flatMap((name) => {
      const sha = refSha(world.codeRepo, name);
      return sha === null ? [] : [[name, sha] as const];
    }),
  );
}

function watched(world: World): string[] {
  const { commonDir } = world.codeRepo;
  const own = checkoutsOf(world).flatMap(({ gitDir }) => [join(gitDir, "HEAD"), join(gitDir, "index")]);
  const shared = ["config", "packed-refs", BOARD_REF, baseRefOf(world)].map((it) => join(commonDir, it));
  return [...own, ...shared];
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
