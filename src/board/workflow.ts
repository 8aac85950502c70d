import type { VerdictKind } from "./verdict-kind.ts";

/** How personas work together on one task: a graph of steps, one Markdown file in `personas/workflows/`. */
export type Workflow = {
  id: string;
  /** Path relative to the board root: `personas/workflows/factory.md`. */
  path: string;
  /** Git blob id of the file. */
  blobSha: string;
  description: string;
  /** In the order of the file; none needs one that needs it. */
  steps: readonly WorkflowStep[];
  /** A roster whose members take turns until nothing changes, instead of steps; null for a graph. */
  roundRobin: RoundRobin | null;
};

export type RoundRobin = {
  /** Where its roster stands in the file. */
  line: number | null;
  /** Persona ids, used where the task names none. */
  personas: readonly string[];
  /** Cycles at once, 1 to 4. */
  parallelism: number;
  /** So many cycles, and it ends whatever they came to. */
  maxCycles: number;
};

/** Where nothing else is said. */
export const MOST_CYCLES = 50;

/** What the daemon does by itself in a step, without a persona. */
export type StepAction = "tool" | "document";

/** One node of the graph. Steps run at once unless one needs another. */
export type WorkflowStep = {
  /** Unique in the workflow; letters, digits, `-` and `_`. */
  id: string;
  /** Where it stands in the file. */
  line: number | null;
  /** Null: skills alone, an action, or a persona that an earlier verdict names. */
  persona: string | null;
  /** The step whose verdict names the persona in its `target`. */
  personaFrom: string | null;
  action: StepAction | null;
  skills: readonly string[];
  /** What this step is to do beyond the task: text for its prompt. */
  task: string | null;
  /** File below `sessions/<task>/`; null: the persona's own, else `<id>.md`. No two steps have the same. */
  output: string | null;
  /** Session files it may read; null: as the persona says, else all. */
  reads: readonly string[] | null;
  /** Ids of steps that must be done before. Those that `when`, `personaFrom` and `expand` name are among them. */
  needs: readonly string[];
  /** By step id: verdicts of which that step must have given one. */
  when: Readonly<Record<string, readonly string[]>>;
  /** Whether it may change the worktree; null: as the persona says. */
  mutates: boolean | null;
  gate: "person" | null;
  /** The step whose dispatch gives the steps that stand in place of this one. */
  expand: string | null;
  rework: Rework | null;
  /** The verdict its message must hold; null: none is asked for. */
  verdicts: VerdictKind | null;
  /** Not run for a task that names its workflow: it counts as done with this verdict. */
  skippedAs: string | null;
  agent: string | null;
  model: string | null;
  maxToolCalls: number | null;
  touches: readonly string[];
};

export type Rework = {
  /** The verdict that sends the work back. */
  verdict: string;
  /** The step that is done again. */
  backTo: string;
  /** How often; null: as the settings say. */
  limit: number | null;
};

/** A step that a dispatcher wrote; it stands in place of the step that expands it. */
export type DispatchedStep = {
  id: string;
  persona: string;
  /** Its prompt. */
  task: string;
  needs: readonly string[];
  /** False: it waits for all that stand before it. */
  parallel: boolean;
  touches: readonly string[];
  /** Null: as the persona says. */
  mutates: boolean | null;
};
