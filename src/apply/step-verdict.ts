import type { Persona } from "../board/persona.ts";
import { questionLine } from "../board/question-line.ts";
import { type ReadVerdict, readVerdict } from "../board/read-verdict.ts";
import type { Session } from "../board/session.ts";
import { BOUND_TO_COMMIT, type VerdictKind } from "../board/verdict-kind.ts";
import { missingTool } from "./agent-of-launch.ts";
import type { Conclusion } from "./conclude-run.ts";
import type { RunFacts } from "./run-facts.ts";

/** What a step's message comes to: the part of its session file that a verdict decides. */
export type Verdict = Pick<
  Session,
  "state" | "failure" | "reason" | "verdict" | "target" | "args" | "dispatch" | "findings" | "question"
>;

/**
 * Reads the verdict of a step that came to a good end; nothing of one that did not. A message without the verdict that is
 * asked for, or with one about another commit or a tool that is not among `tools`, is a failure of class `checks`: it is asked
 * for once more.
 */
export function verdictOfStep(
  { state, failure, reason, message }: Conclusion,
  facts: RunFacts,
  { tools, personas }: Nameable,
): Verdict {
  const ended = { state, failure, reason, verdict: null };
  if (state !== "done") return ended;
  const kind = facts.work?.verdicts ?? null;
  const read = readVerdict(kind, message);
  const problem =
    read.kind === "invalid"
      ? read.problem
      : (commitProblem(read, kind, facts) ?? toolProblem(read, kind, tools) ?? personaProblem(read, personas));
  if (problem !== null) {
    return { state: "failed", failure: "checks", reason: `no valid verdict: ${problem}`, verdict: "invalid" };
  }
  if (read.kind === "decision") return { ...ended, verdict: "decision", question: questionLine(read) };
  if (read.kind !== "given") return ended;
  const { target, args, dispatch, findings } = read.details;
  return {
    ...ended,
    verdict: read.verdict,
    ...(target === null ? {} : { target }),
    ...(args.length === 0 ? {} : { args }),
    ...(dispatch.length === 0 ? {} : { dispatch }),
    ...(findings.length === 0 ? {} : { findings }),
  };
}

/** What a verdict may name on this board. */
export type Nameable = { tools: readonly string[]; personas: ReadonlyMap<string, Persona> };

/** Before anything of it runs, or a person is asked to approve it. */
function personaProblem(read: ReadVerdict, personas: ReadonlyMap<string, Persona>): string | null {
  if (read.kind !== "given") return null;
  const { target, dispatch } = read.details;
  const routed = read.verdict === "single-persona" && target !== null ? [target] : [];
  const unknown = [...routed, ...dispatch.map(({ persona }) => persona)].find((it) => !personas.has(it));
  if (unknown === undefined) return null;
  return `there is no persona ${unknown}; expected one of ${[...personas.keys()].toSorted().join(", ")}`;
}

function commitProblem(read: ReadVerdict, kind: VerdictKind | null, { startSha }: RunFacts): string | null {
  if (read.kind !== "given" || !BOUND_TO_COMMIT.has(kind)) return null;
  const { commit } = read.details;
  const wanted = `\`commit: ${startSha.slice(0, 12)}\``;
  if (commit === null) return `expected ${wanted}, the commit it looked at`;
  return startSha.startsWith(commit) ? null : `it speaks of ${commit}, and it looked at ${wanted}`;
}

function toolProblem(read: ReadVerdict, kind: VerdictKind | null, tools: readonly string[]): string | null {
  if (read.kind !== "given" || kind !== "router" || read.verdict !== "direct-tool") return null;
  const name = read.details.target ?? "";
  return tools.includes(name) ? null : missingTool(name, tools);
}
