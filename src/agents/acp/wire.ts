import type { Permission } from "../adapter.ts";
import type { ToolRule } from "../tool-names.ts";

/** What the client is told to do, as JSON on its standard input. What it says in return is in `parse.ts`. */
export type AcpRequest = {
  /** The agent's program and its arguments. */
  command: readonly string[];
  /** For an agent that takes a system prompt; `promptWithPersona` is for the others. Null: there is no persona. */
  persona: string | null;
  prompt: string;
  promptWithPersona: string;
  model: string | null;
  effort: string | null;
  /** The id of the conversation to go on with. */
  resume: string | null;
  permission: Permission;
  /** Empty: whatever the permission lets through. */
  allow: readonly ToolRule[];
  deny: readonly ToolRule[];
  /** Modes of a session in the order of preference; none of them offered: the agent's own. */
  modes: readonly string[];
  /** Goes along with the opening of a session, for the agents that understand it. */
  meta: Readonly<Record<string, unknown>>;
  /**
   * How long, in ms, the agent may take to answer before its turn; to end its turn when told so; to end by itself. `quietMs`:
   * a pause in which it tells nothing of a resumed conversation's past, so that all of that is told.
   */
  patience: { startMs: number; cancelMs: number; endMs: number; quietMs: number };
};
