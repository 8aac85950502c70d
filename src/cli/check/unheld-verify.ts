import type { Snapshot } from "../../decide/snapshot.ts";
import type { KeyFinding } from "./place-findings.ts";

/** What is said where commands of `verify` run whatever a branch makes of the tests and of their configuration. */
export type UnheldVerify = { message: string; hint: string };

/** Null: there is no such command, or some of these files are named. */
export function unheldVerify({ settings, tasks }: Pick<Snapshot, "settings" | "tasks">): UnheldVerify | null {
  if (settings === null || settings.checks.config.length + settings.checks.tests.length > 0) return null;
  const ofTasks = tasks.flatMap(({ lane, task }) => (lane === "done" ? [] : (task?.verify ?? [])));
  const [first] = [...settings.verify, ...ofTasks];
  if (first === undefined) return null;
  return {
    message: `a task may change what \`${first}\` runs: \`checks\` names no files that are the base's meanwhile`,
    hint: 'Name them in board/board.md, as `checks: { config: [package.json], tests: ["tests/**"] }` (docs/checks.md).',
  };
}

/** The same as a warning of `kanband check`, for what the settings run: a task's own command says itself what it is about. */
export function unheldFindings({ settings }: Pick<Snapshot, "settings">): KeyFinding[] {
  const found = unheldVerify({ settings, tasks: [] });
  if (found === null) return [];
  const at = { path: "board/board.md", line: null, at: ["verify"] };
  return [{ ...at, severity: "warning", code: "SETTINGS_INVALID", ...found }];
}
