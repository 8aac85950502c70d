/** The tip of every task's branch. */
export const TIP = "a".repeat(40);
/** The id of the plan that `approved:` is to name. */
export const PLAN_SHA = "0".repeat(40);

const APPROVED = `me today ${PLAN_SHA.slice(0, 12)}`;
const OF_OLD_PLAN = `me yesterday ${"f".repeat(12)}`;

const DONE = "state: done\nfinished: 2026-11-20T08:10:00Z\n";
const FAILED = "state: failed\nfailure: agent\nfinished: 2026-11-20T09:59:59Z\n";

const PLANNED = ["route", "triage", "scope", "design", "risk"];
const BUILT = [...PLANNED, "dispatch"];
const PARTS = ["api", "ui", "docs"];
const FINDING = "{title: Too short, file: null, line: null, severity: must-fix, why: x, fix: y, sources: [cold]}";

const after = (steps, others = "") => `after: {${steps.map((it) => `${it}: 1`).join(", ")}${others}}\n`;
const file = (step, name, keys, { attempt = 1, end = DONE, message = "Said." } = {}) => [
  name,
  `---\nstep: ${step}\nattempt: ${attempt}\nagent: shell\nstarted: 2026-11-20T08:00:00Z\n${end}commit: ${TIP}\nstart_commit: ${TIP}\ncost_usd: 0.1\n${keys}---\n${message}\n`,
];

const routed = () => [
  file("route", "routing.md", "verdict: factory\n"),
  file("triage", "triage.md", `verdict: change\n${after(["route"])}`),
];
const planned = () => [
  ...routed(),
  ...["scope", "design", "risk"].map((it) => file(it, `${it}.md`, after(["route", "triage"]))),
];
const dispatched = (id) => {
  const steps = PARTS.map((it) => {
    return `{id: ${it}, persona: engineer, task: Do it, needs: [], parallel: true, touches: [${id}/${it}/**], mutates: true}`;
  });
  return [
    ...planned(),
    file("dispatch", "dispatch.md", `verdict: planned\ndispatch: true\n${after(PLANNED)}`, {
      message: `\`\`\`verdict\nverdict: planned\nsteps: [${steps.join(", ")}]\n\`\`\``,
    }),
  ];
};
const built = (id, parts = PARTS, attempt = 1) => [
  ...dispatched(id),
  ...parts.map((it) => file(`build.${it}`, `build/${it}.md`, after(BUILT), { attempt: it === "api" ? attempt : 1 })),
];
// The checks look at what the branch holds: all that is done by then.
const checked = (id, parts = PARTS, attempt = 1) => {
  const work = parts.map((it) => `build.${it}: ${it === "api" ? attempt : 1}`).join(", ");
  const of = attempt > 1 ? "api" : parts.at(-1);
  const keys = `of: build.${of}\nverdict: clean\nafter: {${work}}\n`;
  return [...built(id, parts, attempt), file("checks", "checks.md", keys, { attempt: of === "api" ? attempt : 1 })];
};
const reviewed = (names, others = "") =>
  names.map((it) => {
    const rests = after([...BUILT, ...PARTS.map((part) => `build.${part}`)], others);
    return file(it, it === "cost" || it === "security" ? `${it}.md` : `findings/${it}.md`, `${SAID}${rests}`);
  });
const SAID = `verdict: must-fix\nfindings: [${FINDING}]\n`;
const REVIEWERS = ["in-context", "cold", "security", "cost"];
const reconciled = () => {
  const rests = after([...BUILT, ...PARTS.map((part) => `build.${part}`), ...REVIEWERS]);
  return file("reconcile", "findings/reconciled.md", `${SAID}${rests}`);
};

const running = (step, attempt = 1) => ({ step, attempt, runs: true });
const claimed = (step, attempt = 1) => ({ step, attempt, runs: false });

/** Where a task may be in the middle of the factory: what a person approved, its session files, and what may have slots there. */
export const PLACES = [
  // Routed: three read the task at once, one of them is to be started.
  { approved: APPROVED, sessions: routed, claims: [running("scope"), running("design"), claimed("risk")] },
  { approved: APPROVED, sessions: planned, claims: [running("dispatch")] },
  // The dispatcher failed a moment ago and is tried again.
  {
    approved: APPROVED,
    sessions: (id) => [
      ...planned(),
      file("dispatch", "dispatch.md", `reason: ${id} is too much\n${after(PLANNED)}`, { end: FAILED }),
    ],
    claims: [],
  },
  // Waits for a person: nobody approved the plan, or it has changed since.
  { approved: "", sessions: dispatched, claims: [] },
  { approved: OF_OLD_PLAN, sessions: dispatched, claims: [] },
  // Being built; built, and to be checked.
  { approved: APPROVED, sessions: (id) => checked(id, ["api"]), claims: [running("build.ui")] },
  {
    approved: APPROVED,
    sessions: (id) => [
      ...built(id),
      file("checks", "checks.md", "of: build.ui\nverdict: clean\nafter: {build.api: 1, build.ui: 1}\n"),
    ],
    claims: [claimed("build.docs")],
  },
  // Half reviewed: the claim of the second review is spent.
  {
    approved: APPROVED,
    sessions: (id) => [...checked(id), ...reviewed(["in-context", "cold"])],
    claims: [running("security"), claimed("cold")],
  },
  { approved: APPROVED, sessions: (id) => [...checked(id), ...reviewed(REVIEWERS)], claims: [running("reconcile")] },
  // Sent back by the reviews; built again, and to be reviewed again.
  {
    approved: APPROVED,
    sessions: (id) => [...checked(id), ...reviewed(REVIEWERS), reconciled()],
    claims: [running("build.api", 2)],
  },
  {
    approved: APPROVED,
    sessions: (id) => [...checked(id, PARTS, 2), ...reviewed(REVIEWERS), reconciled()],
    claims: [running("in-context", 2), running("cold", 2), claimed("security", 2)],
  },
];
