import { formatJson } from "./front-matter-scalar.ts";
import { readDispatch } from "./read-dispatch.ts";
import { readFindings } from "./read-findings.ts";
import {
  exactOf,
  isPlain,
  lineOf,
  listOf,
  MESSAGE_CHARACTERS,
  PROBLEM_CHARACTERS,
  type Problems,
  shownAs,
} from "./said-values.ts";
import { isInside } from "./schema-parts.ts";
import { oneLine } from "./text.ts";
import { type Block, declaredIn, type Said, verdictsIn } from "./verdict-blocks.ts";
import { type ReviewFinding, VERDICTS, type VerdictKind } from "./verdict-kind.ts";
import type { DispatchedStep } from "./workflow.ts";

export type VerdictDetails = {
  target: string | null;
  args: readonly string[];
  dispatch: readonly DispatchedStep[];
  findings: readonly ReviewFinding[];
  /** The commit that it speaks of, as far as it was written: 7 digits or more. */
  commit: string | null;
};

export type ReadVerdict =
  | { kind: "given"; verdict: string; details: VerdictDetails }
  /** It asks the person. All of it fits on lines. */
  | { kind: "decision"; question: string; options: readonly string[]; recommendation: string | null }
  /** One line: what was expected and what was said. */
  | { kind: "invalid"; problem: string }
  /** Nobody asked for one, and there is none. */
  | { kind: "none" };

const NO_DETAILS: VerdictDetails = { target: null, args: [], dispatch: [], findings: [], commit: null };
// All of it stands in the front matter of the session file, of which 64 KiB are read while its run is recorded.
const DETAILS_BYTES = 48 * 1024;
const QUESTION_CHARACTERS = 1_000;
const OPTION_CHARACTERS = 300;
const MOST_OPTIONS = 10;
const TARGET_CHARACTERS = 200;
const ARGUMENT_CHARACTERS = 1_000;
const MOST_ARGUMENTS = 30;

/**
 * The verdict that a message gives to a step of this kind. Lenient in form (the last fenced block, front matter, a line; case,
 * bold, quotes, `must fix`), strict in meaning: what is not complete or not known is invalid, never guessed. `kind` null: a
 * step that none is asked of; whatever word it gives counts. What it quotes is nobody's verdict.
 */
export function readVerdict(kind: VerdictKind | null, message: string): ReadVerdict {
  if (kind !== null && message.length > MESSAGE_CHARACTERS) {
    return invalid("the message has more than a million characters");
  }
  const block = declaredIn(kind === null ? withoutQuotes(message) : message);
  const decision = decisionOf(block);
  if (decision !== null) return decision;
  return kind === null ? wordOf(block) : verdictOfKind(kind, block, message);
}

// `invalid` is the daemon's own word for none.
function wordOf(block: Block | null): ReadVerdict {
  const written = block?.kind === "verdict" ? block.said["verdict"] : null;
  const verdict = typeof written === "string" ? wordFrom(written) : "";
  return /^[a-z0-9][a-z0-9-]{0,60}$/.test(verdict) && verdict !== "invalid"
    ? { kind: "given", verdict, details: NO_DETAILS }
    : { kind: "none" };
}

// Front matter in the midst of a text is that of some file, and so is any with the keys of a session file.
const FRONT_MATTER = /^---[ \t]*\r?\n(?:(?:[\w-]+:|[ \t]|-[ \t]).*\r?\n)+---[ \t]*$/gm;

/** The message of a step that no verdict is asked of, without the front matter of files that it shows. */
function withoutQuotes(message: string): string {
  return message.trimStart().replace(FRONT_MATTER, (text, at: number) => {
    return at > 0 || (/^attempt:/m.test(text) && /^state:/m.test(text)) ? "" : text;
  });
}

function verdictOfKind(kind: VerdictKind, block: Block | null, message: string): ReadVerdict {
  const expected = `expected \`verdict:\` ${VERDICTS[kind].join(" | ")}`;
  if (block === null) return invalid(`${expected}; the message has none`);
  if (block.kind === "broken") return invalid(`${expected}; ${block.problem}`);
  const written = block.said["verdict"];
  const word = typeof written === "string" ? wordFrom(written) : "";
  // A reviewer or tester that takes its turn says what it always says: it found nothing to mend.
  const verdict = kind === "cycle" && word === "clean" ? "no-change" : word;
  if (!VERDICTS[kind].some((it) => it === verdict)) return invalid(`${expected}; the message says ${shownAs(written)}`);
  // Of a quotation and a verdict of its own nobody can tell which is which.
  const other = verdictsIn(message).find((it) => typeof it === "string" && wordFrom(it) !== word);
  if (other !== undefined) {
    return invalid(
      `${expected}, once; the message says ${shownAs(other)} and ${shownAs(written)}, which contradict each other`,
    );
  }
  const problems: Problems = [];
  const details = detailsOf(kind, verdict, block.said, problems);
  const bytes = new TextEncoder().encode(formatJson(details)).length;
  if (bytes > DETAILS_BYTES) {
    problems.push(`what it lists has ${String(bytes)} bytes; at most ${String(DETAILS_BYTES)} are kept`);
  }
  const [problem] = problems;
  return problem === undefined ? { kind: "given", verdict, details } : invalid(`verdict ${verdict}: ${problem}`);
}

function detailsOf(kind: VerdictKind, verdict: string, said: Said, problems: Problems): VerdictDetails {
  switch (kind) {
    case "router":
      return { ...NO_DETAILS, ...routeOf(verdict, said, problems) };
    case "dispatcher":
      return { ...NO_DETAILS, dispatch: readDispatch(said["steps"] ?? said["dispatch"], problems) };
    case "triage":
      return NO_DETAILS;
    case "reviewer":
    case "reconciler":
    case "cycle":
      return {
        ...NO_DETAILS,
        commit: commitOf(said["commit"], problems),
        findings: found(kind, verdict, said, problems),
      };
  }
}

// By what a route leads to; some call it by its name.
const TARGETS: Readonly<Record<string, { what: string; key: string }>> = {
  "direct-tool": { what: "the name of a tool", key: "tool" },
  "direct-workflow": { what: "the path of a document", key: "document" },
  "single-persona": { what: "the name of a persona", key: "persona" },
};

function routeOf(verdict: string, said: Said, problems: Problems): Pick<VerdictDetails, "target" | "args"> {
  const wanted = TARGETS[verdict];
  if (wanted === undefined) return { target: null, args: [] };
  const target = exactOf(said["target"] ?? said[wanted.key], "target", TARGET_CHARACTERS, problems);
  if (target === null) problems.push(`expected \`target:\`, ${wanted.what}`);
  if (target !== null && !isInside(target)) {
    problems.push(`\`target\` is ${shownAs(target)}; expected ${wanted.what} inside the repository`);
  }
  if (verdict !== "direct-tool") return { target, args: [] };
  // As they are written: a blank or a quote may be meant.
  const args = listOf(said["args"], "args", MOST_ARGUMENTS, problems);
  for (const it of args) isPlain(it, "args", ARGUMENT_CHARACTERS, problems);
  return { target, args };
}

function found(kind: VerdictKind, verdict: string, said: Said, problems: Problems): readonly ReviewFinding[] {
  const findings = readFindings(said["findings"], verdict, problems);
  const hasMustFix = findings.some(({ severity }) => severity === "must-fix");
  if (verdict === "must-fix" && kind !== "cycle" && !hasMustFix) {
    problems.push("expected `findings:` with at least one of severity must-fix");
  }
  if (verdict !== "must-fix" && hasMustFix) problems.push("it lists a finding of severity must-fix");
  return findings;
}

function commitOf(value: unknown, problems: Problems): string | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string" && /^[0-9a-f]{7,64}$/i.test(value.trim())) return value.trim().toLowerCase();
  problems.push(`\`commit\` is ${shownAs(value)}; expected the 7 to 64 digits of a commit`);
  return null;
}

function decisionOf(block: Block | null): ReadVerdict | null {
  if (block === null || block.kind === "broken") return null;
  const { said } = block;
  const verdict = typeof said["verdict"] === "string" ? wordFrom(said["verdict"]) : null;
  if (block.kind === "verdict" && verdict !== "decision") return null;
  const question = lineOf(said["question"], QUESTION_CHARACTERS);
  if (question === null) return invalid("expected `question:` in the decision; it asks nothing");
  const written = said["options"];
  const options: readonly unknown[] = Array.isArray(written) ? written : [written];
  return {
    kind: "decision",
    question,
    options: options.slice(0, MOST_OPTIONS).flatMap((it) => optionOf(it) ?? []),
    recommendation: optionOf(said["recommendation"]),
  };
}

// `- a: use the queue` is a map to YAML and an option to everybody else.
function optionOf(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return lineOf(value, OPTION_CHARACTERS);
  const pairs = Object.entries(value).flatMap(([key, it]) => (typeof it === "string" ? [`${key}: ${it}`] : []));
  return lineOf(pairs.join(", "), OPTION_CHARACTERS);
}

function wordFrom(written: string): string {
  return written
    .slice(0, 200)
    .trim()
    .replace(/^[*_`"']+|[*_`"'.,;!]+$/g, "")
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, "-");
}

function invalid(problem: string): ReadVerdict {
  return { kind: "invalid", problem: oneLine(problem, PROBLEM_CHARACTERS) };
}
