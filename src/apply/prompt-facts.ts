import type { Persona } from "../board/persona.ts";
import type { Task } from "../board/task.ts";
import type { ReviewFinding, VerdictKind } from "../board/verdict-kind.ts";
import type { Trust } from "../config/settings.ts";
import type { LaunchCause } from "../decide/action.ts";

/** All that an agent may be told of its task and its step. */
export type PromptFacts = {
  task: Pick<Task, "id" | "title" | "body" | "feedback" | "touches">;
  persona: Persona | null;
  cause: LaunchCause;
  attempt: number;
  /** With cause `conflict`: the session file that tells of it. */
  conflictIn?: "merge.md" | "restack.md";
  /** Short name of the task's branch. */
  branch: string;
  /** Commands that must succeed before the task may go on. */
  verify: readonly string[];
  /** The session files that this step may read, with what they say. */
  sessions: readonly { name: string; text: string }[];
  /** Sets data apart from what we say: 16 random hex digits or more, made for this prompt alone. */
  boundary: string;
  /** Absent for a task of one step. */
  step?: {
    id: string;
    task: string | null;
    output: string;
    mutates: boolean;
    /** The files that it may change, where they are others than those of the task. */
    touches?: readonly string[];
  };
  /** The texts of skills, without their front matter. */
  skills?: readonly { name: string; text: string }[];
  /** The verdict that is asked for. */
  verdicts?: VerdictKind | null;
  /** What was wrong with the verdict that it gave last. */
  reask?: string | null;
  /** The message with that verdict, for a process that does not go on with the conversation. */
  lastMessage?: string;
  /** What it asked, and what the person said. */
  answer?: { question: string; answer: string } | null;
  /** What this run is to mend. */
  findings?: readonly ReviewFinding[];
  /** The commit that it looks at. */
  tip?: string | null;
  trust?: Trust;
  /** At most so many tool calls; null: any number. Absent: as the persona says. */
  maxToolCalls?: number | null;
  /** What a step that chooses may choose from: tools of the board, personas; a line each. Empty: it chooses nothing. */
  choices?: { tools: readonly string[]; personas: readonly string[] };
};
