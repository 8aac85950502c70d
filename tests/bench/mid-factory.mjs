import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PLACES, PLAN_SHA, TIP } from "./factory-places.mjs";
import { MAIN } from "./lib.mjs";

const ROOT = join(import.meta.dirname, "..", "..");
const NOW = Date.UTC(2026, 10, 20, 10);
const SLOTS = 32;

/** A board of tasks in `doing/`, each at one of the places of the shipped factory, with every slot in use. */
export async function midFactory(count) {
  const read = await readers();
  const settings = `---\nslots: ${SLOTS}\ndefault_workflow: factory\nwip: {for_review: 0}\nbudget: {day_usd: 100000}\n---\n`;
  const snapshot = {
    observedAt: NOW,
    repo: { state: "ready", detail: "", boardBranch: "main", headSha: TIP, baseSha: TIP },
    settings: read.settings("board/board.md", Buffer.from(settings)).settings,
    settingsBlob: "settings",
    tasks: [],
    personas: readAll("personas", (path, id, bytes) => [id, read.persona(path, id, bytes).persona]),
    workflows: readAll("personas/workflows", (path, id, bytes) => [id, read.workflow(path, id, bytes).workflow]),
    skills: new Set(),
    sessions: new Map(),
    branches: new Map(),
    cycles: new Map(),
    worktrees: [],
    runs: [],
    jobs: [],
    uncommitted: [],
    unsettledUntil: null,
    tasksSettleAt: null,
    areAgesKnown: true,
    agents: new Map([["shell", { name: "shell", problem: null }]]),
    findings: [],
    isDraining: false,
  };
  const free = snapshot.settings.slots.map(({ name }) => name);
  for (let index = 0; index < count; index++) addTask(snapshot, index, free, read);
  return snapshot;
}

function addTask(snapshot, index, free, read) {
  const id = `task-${index}`;
  const path = `board/doing/${id}.md`;
  const { approved, sessions, claims } = PLACES[index % PLACES.length];
  const held = free.length < claims.length ? [] : claims.map((it) => ({ ...it, slot: free.shift() }));
  const assigned = held.map(({ step, attempt, slot }) => `${step}/${attempt}@${slot}`).join(", ");
  const keys = `title: Task ${index}\napproved: ${approved}\n${assigned === "" ? "" : `assigned: ${assigned}\n`}`;
  const { task } = read.task(path, "doing", Buffer.from(`---\n${keys}---\nWhat is wanted.\n`));
  const blobs = { blobSha: id, headSha: id, headPath: path, headLaneRequest: null };
  const rest = { isNameOnly: false, findings: [], isSettled: true, enteredAt: NOW - index, duplicates: [] };
  snapshot.tasks.push({ id, path, lane: "doing", ...blobs, ...rest, task });
  snapshot.branches.set(id, { sha: TIP, isMerged: null });
  snapshot.sessions.set(
    id,
    sessions(id).map(([name, text]) => {
      const { session, findings } = read.session(`sessions/${id}/${name}`, id, Buffer.from(text));
      if (session === null) throw new Error(JSON.stringify(findings));
      return session.step === "dispatch" ? { ...read.dispatch(session, text).session, messageSha: PLAN_SHA } : session;
    }),
  );
  for (const claim of held) if (claim.runs) snapshot.runs.push(runOf(id, claim));
}

function runOf(taskId, { step, attempt, slot }) {
  const caps = { wallMs: 7_200_000, outputBytes: 1e9, toolCalls: null, costUsd: 5 };
  const facts = { runId: `${taskId}-${step}`, kind: "step", taskId, slot, step, unit: step, attempt };
  const progress = { startedAt: NOW - 60_000, lastOutputAt: NOW - 1_000, outputBytes: 0, toolCalls: 0, costUsd: 0.1 };
  const end = { state: "running", exitCode: null, stop: null, evidence: null, lastLine: null };
  return { ...facts, persona: null, agent: "shell", ...progress, ...end, caps };
}

async function readers() {
  const dist = dirname(MAIN);
  const { parseTask } = await import(join(dist, "board", "task-file.js"));
  const { parseSession } = await import(join(dist, "board", "session-file.js"));
  const { withDispatch } = await import(join(dist, "board", "session-dispatch.js"));
  const { parsePersona } = await import(join(dist, "board", "persona-file.js"));
  const { parseWorkflow } = await import(join(dist, "board", "workflow-file.js"));
  const { parseSettings } = await import(join(dist, "config", "parse-settings.js"));
  return {
    task: parseTask,
    session: parseSession,
    dispatch: withDispatch,
    persona: parsePersona,
    workflow: parseWorkflow,
    settings: parseSettings,
  };
}

function readAll(folder, read) {
  const names = readdirSync(join(ROOT, folder)).filter((it) => it.endsWith(".md") && it !== "README.md");
  const all = names.map((name) => {
    return read(`${folder}/${name}`, name.slice(0, -3), readFileSync(join(ROOT, folder, name)));
  });
  return new Map(all.filter(([, it]) => it !== null));
}
