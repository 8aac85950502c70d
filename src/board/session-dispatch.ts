import type { Finding } from "./finding.ts";
import { readVerdict } from "./read-verdict.ts";
import type { Session } from "./session.ts";
import { sessionMessage } from "./session-file.ts";

/**
 * A finished session with the steps that its message lists, where it is one that lists any. The message is what a person reads,
 * edits and approves, so there is no second list that could say something else. One that cannot be read any more has none.
 */
export function withDispatch(session: Session, text: string): { session: Session; findings: Finding[] } {
  if (session.dispatch === undefined || session.state !== "done") return { session, findings: [] };
  const read = readVerdict("dispatcher", sessionMessage(text));
  if (read.kind === "given") return { session: { ...session, dispatch: read.details.dispatch }, findings: [] };
  const problem = read.kind === "invalid" ? read.problem : "it asks a question";
  const message = `the steps that it lists cannot be read, and none of them is run: ${problem}`;
  const hint = "Mend the verdict block at the end of its message, or delete the file to have it written anew.";
  const finding = { path: session.path, line: null, severity: "error", code: "TASK_INVALID", message, hint } as const;
  return { session: { ...session, dispatch: [] }, findings: [finding] };
}
