import type { Session } from "./session.ts";

const SILENT = ", and silent: its provider does not answer";

/** The reason of a run that was ended after a long silence, so that its provider is taken for the cause. */
export function silentReason(reason: string): string {
  return `${reason}${SILENT}`;
}

/**
 * Whether a refusal by its provider is only concluded from silence. Then another agent takes its place as after any refusal,
 * but it uses up an attempt: a program that hangs is as silent, and would be started for ever.
 */
export function isSilence({ failure, reason }: Pick<Session, "failure" | "reason">): boolean {
  return failure === "overloaded" && reason?.endsWith(SILENT) === true;
}
