import type { Persona } from "../../board/persona.ts";
import type { Session } from "../../board/session.ts";
import type { WorkflowStep } from "../../board/workflow.ts";

/**
 * A step of one task, ready to be weighed: its persona is known, and a dispatcher's steps stand in place of the step they
 * expand.
 */
export type Node = {
  /** Unique in the task; `build.api` for a step that a dispatcher wrote. */
  id: string;
  /** The step of the workflow file that it is, or stands in for. */
  step: WorkflowStep;
  persona: Persona | null;
  /** Text for its prompt, beyond the task's. */
  task: string | null;
  skills: readonly string[];
  /** File below `sessions/<task>/`. */
  output: string;
  needs: readonly string[];
  /** What an approval of it names: the steps before it that are its plan. */
  planned: readonly string[];
  touches: readonly string[];
  mutates: boolean;
  /** Why it cannot run at all, such as a persona that is not there; null when it can. */
  problem: string | null;
  /** The turn of a round-robin that it is; null for a step. */
  cycle: Cycle | null;
  /** Stands for steps that are not known yet, and never runs itself. */
  isPlaceholder: boolean;
};

export type Cycle = {
  index: number;
  /** The commit it begins at: the newest work there is; null: the base of the task. */
  startSha: string | null;
  /** Nobody has had this number yet. */
  isNew: boolean;
};

export type Graph = {
  /** None needs one that comes after it. */
  nodes: readonly Node[];
  /** Of each step of the file for which a dispatcher wrote others: the nodes that stand for it. Any other stands for itself. */
  groups: ReadonlyMap<string, readonly string[]>;
  /** All that a node rests upon, directly or not. Few tasks need to know, and it is made for those alone. */
  ancestors: (id: string) => ReadonlySet<string>;
};

/** The node of a step of the task; undefined when there is none. */
export function findNode({ nodes }: Graph, id: string): Node | undefined {
  return nodes.find((it) => it.id === id);
}

/** The newest record of each step of a task, by step. */
export type Records = ReadonlyMap<string, Session>;

/** Sorts the session files of a task by their steps. A later attempt goes before an earlier one. */
export function recordsOf(sessions: readonly Session[]): Records {
  const records = new Map<string, Session>();
  for (const session of sessions) {
    const known = records.get(session.step);
    if (known === undefined || session.attempt > known.attempt) records.set(session.step, session);
  }
  return records;
}
