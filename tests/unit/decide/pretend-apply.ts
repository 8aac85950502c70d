import type { Decision, Edit } from "../../../src/decide/action.ts";
import type { Change } from "../../../src/decide/snapshot.ts";
import { changesOf } from "./pretend-observe.ts";
import { contentOf, type World } from "./pretend-world.ts";

/** Carries out a decision as apply does: edits, one commit, then the effects start as jobs. */
export function carryOut(world: World, { actions }: Decision): void {
  const touched = new Set<string>();
  for (const it of actions) if (it.kind === "edit") for (const path of applyEdit(world, it)) touched.add(path);
  for (const it of actions) if (it.kind === "commit") commit(world, touched, it.changes);
  for (const it of actions) {
    if (it.kind === "edit" || it.kind === "commit") continue;
    world.jobs.push({ effect: it, endsAt: world.now + Math.floor(world.chance() * 3) * 50 });
  }
}

function applyEdit(world: World, edit: Edit): string[] {
  if (edit.intent === "pause-board" || edit.intent === "mark-failures") {
    if (edit.set.length > 0) {
      world.settings = { ...world.settings, paused: String(edit.set[0]?.[1]) };
      world.settingsVersion += 1;
    }
    for (const path of edit.marksSessions ?? []) {
      const marked = world.sessions.get(path);
      if (marked !== undefined) world.sessions.set(path, { ...marked, pausedBoard: true });
    }
    return [];
  }
  const file = world.files.get(edit.path);
  if (file === undefined || contentOf(file) !== edit.expectBlob) return [];
  if (edit.intent === "remove-duplicate") {
    world.files.delete(edit.path);
    return [edit.path];
  }
  const lane = edit.toLane ?? file.lane;
  const path = `board/${lane}/${file.id}.md`;
  if (path !== edit.path && world.files.has(path)) return [];
  const task = { ...file.task };
  for (const [key, value] of edit.set) Object.assign(task, { [FIELDS[key]]: value });
  world.files.delete(edit.path);
  world.files.set(path, { ...file, lane, task });
  return [edit.path, path];
}

const FIELDS: Record<Edit["set"][number][0], string> = {
  assigned: "assigned",
  branch: "branch",
  attempt: "attempt",
  spent_usd: "spentUsd",
  cycle: "cycle",
  goal_tasks: "goalTasks",
  answer: "answer",
  blocked: "blocked",
  stale: "stale",
  lane: "laneRequest",
  paused: "paused",
};

function commit(world: World, touched: ReadonlySet<string>, changes: readonly Change[]): void {
  const now = new Map(changesOf(world).map((it) => [it.path, it]));
  const seen = changes.filter(({ path, blobSha }) => (now.get(path)?.blobSha ?? null) === blobSha);
  for (const path of new Set([...touched, ...seen.map((it) => it.path)])) {
    const session = world.sessions.get(path);
    if (session !== undefined) world.sessionHead.set(path, JSON.stringify(session));
    const file = world.files.get(path);
    if (file === undefined) world.head.delete(path);
    else world.head.set(path, contentOf(file));
  }
  for (const [path, { id, lane }] of world.files) {
    if (world.head.has(path) && world.enteredAt.get(id)?.lane !== lane)
      world.enteredAt.set(id, { lane, at: world.now });
  }
}
