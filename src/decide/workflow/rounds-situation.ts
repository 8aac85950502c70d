import type { Persona } from "../../board/persona.ts";
import type { Workflow } from "../../board/workflow.ts";
import type { CycleBranchView } from "../snapshot.ts";
import type { Situation } from "./situation.ts";

/** A task whose personas take turns, as everything else about it is known. */
export type Rounds = Omit<Situation, "graph"> & {
  workflow: Workflow;
  personas: ReadonlyMap<string, Persona>;
  /** The branches of its cycles, by number. */
  branches: ReadonlyMap<number, CycleBranchView>;
  /** Tip of the task's own branch: an accepted cycle whose merge came to nothing; null when there is none. */
  taskSha: string | null;
  /** Why nothing more may be spent on it; null while something may. */
  budget: string | null;
  /** Steps with a run. */
  running: readonly string[];
  /** Since when the task is worked on: what came before a person's asking again counts for no round. Null: not known yet. */
  since: number | null;
};
