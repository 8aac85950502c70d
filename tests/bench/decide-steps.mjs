import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MAIN, quantile } from "./lib.mjs";

const ROOT = join(import.meta.dirname, "..", "..");
const NOW = Date.UTC(2026, 10, 20, 10);
const SLOTS = 32;
const TIP = "a".repeat(40);

/**
 * Deciding the next steps of tasks that are all in the middle of the shipped factory, at five different places. First look:
 * every object is new; next look: one task changed since. Lower bound: one pass over the same session files that adds up
 * their attempts.
 */
export async function benchDecideSteps({ tasks = 1_000, rounds = 15 } = {}) {
  const { decide } = await import(join(dirname(MAIN), "decide", "decide.js"));
  const snapshot = await midFactory(tasks);
  const first = [];
  const next = [];
  const lean = [];
  let waiting = 0;
  for (let round = 0; round < rounds; round++) {
    const fresh = readAnew(snapshot);
    first.push(timed(() => decide(fresh)));
    const [one, ...others] = fresh.tasks;
    const changed = { ...fresh, tasks: [{ ...one, task: { ...one.task, body: `${round}` } }, ...others] };
    next.push(timed(() => (waiting = decide(changed).waiting.size)));
    lean.push(timed(() => sumAttempts(fresh)));
  }
  // What is timed is what was meant: everybody has a step under way, or says what it waits for.
  if (waiting < tasks - SLOTS) throw new Error(`only ${waiting} of ${tasks} tasks say what they wait for`);
  const [firstMs, nextMs, leanMs] = [first, next, lean].map((it) => quantile(it, 0.5));
  return { firstMs, fastestMs: Math.min(...first), nextMs, leanMs, ratio: firstMs / leanMs, sessions: count(snapshot) };
}

function readAnew(snapshot) {
  const anew = (all) =>
    new Map([...all].map(([id, it]) => [id, Array.isArray(it) ? it.map((one) => ({ ...one })) : { ...it }]));
  const { tasks, personas, workflows, sessions } = snapshot;
  return {
    ...snapshot,
    tasks: tasks.map((it) => ({ ...it, task: { ...it.task } })),
    personas: anew(personas),
    workflows: anew(workflows),
    sessions: anew(sessions),
  };
}

function timed(act) {
  const startedAt = performance.now();
  act();
  return performance.now() - startedAt;
}

function sumAttempts({ sessions }) {
  let sum = 0;
  for (const all of sessions.values()) for (const { attempt } of all) sum += attempt;
  return sum;
}

function count({ sessions }) {
  return [...sessions.values()].reduce((sum, all) => sum + all.length, 0);
}

async function midFactory(count) {
  const board = join(dirname(MAIN), "board");
  const { parseTask } = await import(join(board, "task-file.js"));
  const { parseSession } = await import(join(board, "session-file.js"));
  const { parsePersona } = await import(join(board, "persona-file.js"));
  const { parseWorkflow } = await import(join(board, "workflow-file.js"));
  const { parseSettings } = await import(join(dirname(MAIN), "config", "parse-settings.js"));
  const settings = `---\nslots: ${SLOTS}\ndefault_workflow: factory\nwip: {for_review: 0}\nbudget: {day_usd: 100000}\n---\n`;
  const snapshot = {
    observedAt: NOW,
    repo: { state: "ready", detail: "", boardBranch: "main", headSha: TIP, baseSha: TIP },
    settings: parseSettings("board/board.md", Buffer.from(settings)).settings,
    settingsBlob: "settings",
    tasks: [],
    personas: readAll("personas", (path, id, bytes) => [id, parsePersona(path, id, bytes).persona]),
    workflows: readAll("personas/workflows", (path, id, bytes) => [id, parseWorkflow(path, id, bytes).workflow]),
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
  for (let index = 0; index < count; index++) {
    const id = `task-${index}`;
    const path = `board/doing/${id}.md`;
    const text = `---\ntitle: Task ${index}\napproved: me today ${"0".repeat(12)}\n---\nWhat is wanted.\n`;
    const { task } = parseTask(path, "doing", Buffer.from(text));
    const facts = {
      id,
      path,
      lane: "doing",
      isNameOnly: false,
      findings: [],
      blobSha: id,
      headSha: id,
      headPath: path,
    };
    const rest = { headLaneRequest: null, isSettled: true, enteredAt: NOW - index, duplicates: [] };
    snapshot.tasks.push({ ...facts, ...rest, task });
    const sessions = STAGES[index % STAGES.length].map(([name, keys]) => {
      const file = `sessions/${id}/${name}`;
      const { session, findings } = parseSession(file, id, Buffer.from(`---\n${COMMON}${keys}---\nSaid.\n`));
      if (session === null) throw new Error(JSON.stringify(findings));
      return session;
    });
    snapshot.sessions.set(
      id,
      sessions.map((it) => (it.step === "dispatch" ? { ...it, messageSha: "0".repeat(40) } : it)),
    );
    snapshot.branches.set(id, { sha: TIP, isMerged: null });
  }
  return snapshot;
}

function readAll(folder, read) {
  const names = readdirSync(join(ROOT, folder)).filter((it) => it.endsWith(".md") && it !== "README.md");
  const all = names.map((name) => {
    return read(`${folder}/${name}`, name.slice(0, -3), readFileSync(join(ROOT, folder, name)));
  });
  return new Map(all.filter(([, it]) => it !== null));
}

const COMMON = `state: done\nagent: shell\nstarted: 2026-11-20T08:00:00Z\nfinished: 2026-11-20T08:10:00Z\ncommit: ${TIP}\nstart_commit: ${TIP}\ncost_usd: 0.1\n`;

const after = (steps, attempt = 1) => `after: {${steps.map((it) => `${it}: ${attempt}`).join(", ")}}\n`;
const done = (step, name, keys = "", attempt = 1) => [name, `step: ${step}\nattempt: ${attempt}\n${keys}`];

const PLANNED = ["route", "triage", "scope", "design", "risk"];
const BUILT = [...PLANNED, "dispatch"];
const FINDING = "{title: Too short, file: null, line: null, severity: must-fix, why: x, fix: y, sources: [cold]}";
const DISPATCH = ["api", "ui", "docs"]
  .map(
    (id) =>
      `{id: ${id}, persona: engineer, task: Do it, needs: [], parallel: true, touches: [${id}/**], mutates: true}`,
  )
  .join(", ");

const routed = [
  done("route", "routing.md", "verdict: factory\n"),
  done("triage", "triage.md", `verdict: change\n${after(["route"])}`),
];
const planned = [
  ...routed,
  ...["scope", "design", "risk"].map((it) => done(it, `${it}.md`, after(["route", "triage"]))),
];
const dispatched = [
  ...planned,
  done("dispatch", "dispatch.md", `verdict: planned\ndispatch: [${DISPATCH}]\n${after(PLANNED)}`),
];
const built = (attempt) => [
  ...dispatched,
  ...["api", "ui", "docs"].map((it) => done(`build.${it}`, `build/${it}.md`, after(BUILT), it === "api" ? attempt : 1)),
  [
    "checks.md",
    `step: checks\nof: build.docs\nattempt: 1\nverdict: clean\nafter: {build.api: ${attempt}, build.ui: 1, build.docs: 1}\n`,
  ],
];
const rests = `after: {${BUILT.map((it) => `${it}: 1`).join(", ")}, build.api: 1, build.ui: 1, build.docs: 1}\n`;
const reviewed = ["in-context", "cold", "security", "cost"].map((it) => {
  return done(it, `findings/${it}.md`, `verdict: must-fix\nfindings: [${FINDING}]\n${rests}`);
});

// Routed; planned; being built; built and half reviewed; sent back to be built again.
const STAGES = [
  routed,
  planned,
  [
    ...dispatched,
    done("build.api", "build/api.md", after(BUILT)),
    ["checks.md", "step: checks\nof: build.api\nattempt: 1\nverdict: clean\nafter: {build.api: 1}\n"],
  ],
  [...built(1), ...reviewed.slice(0, 2)],
  [
    ...built(1),
    ...reviewed,
    done(
      "reconcile",
      "findings/reconciled.md",
      `verdict: must-fix\nfindings: [${FINDING}]\n${rests.replace("}\n", ", in-context: 1, cold: 1, security: 1, cost: 1}\n")}`,
    ),
  ],
];
