import type { Session } from "../../../src/board/session.ts";
import type { Task } from "../../../src/board/task.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { othersOf } from "../../../src/decide/part-of.ts";
import type { Change, RunView, Snapshot, TaskView } from "../../../src/decide/snapshot.ts";
import { boardOf, MINUTE, personaOf } from "../../helpers/board-builder.ts";
import { foundIn } from "./pretend-lost.ts";
import { contentOf, type File, type World } from "./pretend-world.ts";

/** What observe would make of the world. */
export function look(world: World): Snapshot {
  const empty = boardOf(
    {},
    {
      now: world.now,
      personas: [personaOf("engineer"), personaOf("tester", { mutates: false }), ...world.personas],
      workflows: [...world.workflows],
    },
  );
  const unsettled = [...world.files.values()].flatMap(({ settledAt }) => (settledAt > world.now ? [settledAt] : []));
  const sessions = new Map<string, Session[]>();
  for (const it of world.sessions.values()) sessions.set(it.taskId, [...(sessions.get(it.taskId) ?? []), it]);
  return {
    ...empty,
    settings: world.settings,
    settingsBlob: `settings${world.settingsVersion}`,
    tasks: [...world.files].map(([path, file]) => viewOf(world, path, file)),
    sessions,
    branches: new Map([...world.branches].map(([id, it]) => [id, { ...it }])),
    cycles: new Map(
      [...world.cycles].map(([id, it]) => [
        id,
        new Map([...it].map(([cycle, sha]) => [cycle, { sha, isHeld: false }])),
      ]),
    ),
    landed: {
      notedSha: "base1",
      isNoted: world.landed.isNoted,
      lost: new Map(world.landed.lost),
      found: foundIn(world),
    },
    worktrees: world.worktrees.map((it) => ({ ...it })),
    runs: [...world.runs.values()].map(({ view }) => ({ ...view, evidence: evidenceOf(world, view) })),
    jobs: world.jobs.map(({ effect }) => jobOf(effect)),
    uncommitted: changesOf(world),
    unsettledUntil: unsettled.length === 0 ? null : Math.min(...unsettled),
    tasksSettleAt: unsettled.length === 0 ? null : Math.min(...unsettled),
  };
}

/** What differs between the files, as far as they are settled, and the board branch. */
export function changesOf(world: World): Change[] {
  const files = [...world.files].filter(([, { settledAt }]) => settledAt <= world.now);
  const now = new Map([
    ...files.map(([path, file]) => [path, contentOf(file)] as const),
    ...[...world.sessions].map(([path, it]) => [path, textOf(it)] as const),
  ]);
  const head = new Map([...world.head, ...world.sessionHead]);
  const paths = new Set([...now.keys(), ...[...head.keys()].filter((path) => !world.files.has(path))]);
  return [...paths]
    .map((path) => ({ path, blobSha: now.get(path) ?? null, headSha: head.get(path) ?? null }))
    .filter((it) => it.blobSha !== it.headSha);
}

// Sessions are replaced, never changed in place.
function textOf(session: Session): string {
  const known = TEXTS.get(session);
  if (known !== undefined) return known;
  const text = JSON.stringify(session);
  TEXTS.set(session, text);
  return text;
}

const TEXTS = new WeakMap<Session, string>();

function viewOf(world: World, path: string, file: File): TaskView {
  const blobSha = contentOf(file);
  const headSha = world.head.get(path) ?? null;
  const headPath = headSha === null ? headPathOf(world, file.id) : path;
  const others = [...world.files].filter(([other, it]) => it.id === file.id && other !== path);
  const entered = world.enteredAt.get(file.id);
  return {
    id: file.id,
    path,
    lane: file.lane,
    task: { ...file.task, lane: file.lane, path },
    isNameOnly: false,
    findings: [],
    blobSha,
    headSha,
    headPath,
    headLaneRequest: headSha === null ? undefined : ((JSON.parse(headSha) as Task).laneRequest ?? null),
    isSettled: file.settledAt <= world.now,
    enteredAt: entered?.lane === file.lane ? entered.at : null,
    duplicates: others.map(([other, it]) => ({ path: other, isOlderVersion: false, blobSha: contentOf(it) })),
  };
}

function jobOf(effect: Effect): Snapshot["jobs"][number] {
  return {
    kind: effect.kind,
    taskId: effect.kind === "warm" ? null : effect.taskId,
    with: othersOf(effect),
    slot: "slot" in effect ? effect.slot : null,
    of: effect.kind === "launch" && effect.work !== undefined ? effect.step : "",
    problem: null,
    retryAt: null,
  };
}

// Gathered, as observe does, only of runs that have said nothing for a while; these do nothing at all.
function evidenceOf({ now }: World, { startedAt }: RunView): RunView["evidence"] {
  return now - startedAt < 10 * MINUTE ? null : { worktreeChangedAt: null, committedAt: null, cpuActiveAt: null };
}

function headPathOf(world: World, id: string): string | null {
  return [...world.head.keys()].find((path) => path.endsWith(`/${id}.md`)) ?? null;
}
