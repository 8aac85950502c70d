import type { LaunchCause } from "../decide/action.ts";
import { dataBlock, inert } from "./data-block.ts";
import { CLAIMS_CONTRACT, DECISION_CONTRACT, verdictContract } from "./output-contract.ts";
import type { PromptFacts } from "./prompt-facts.ts";
import { promptRules } from "./prompt-rules.ts";
import { type PromptPart, sessionParts } from "./prompt-sessions.ts";
import { shorten } from "./quote.ts";

/** `parts`: what it is made of, in bytes; blank lines between are not counted. */
export type Prompt = { systemPrompt: string; prompt: string; parts: readonly { name: string; bytes: number }[] };

/**
 * What an agent is told: the persona, its skills and the rules of the house as the system prompt; the task, why it is run again,
 * what earlier steps said and how to answer as the prompt. What others wrote, the task too, stands between marks that it cannot
 * forge, and the rules say what that means.
 */
export function composePrompt(facts: PromptFacts): Prompt {
  const system = [
    { name: "persona", text: facts.persona?.prompt.trim() ?? lead(facts) },
    ...(facts.skills ?? []).map(({ name, text }) => {
      return { name: `skills/${name}`, text: `## Skill: ${inert(name)}\n\n${text.trim()}` };
    }),
    { name: "rules", text: promptRules(facts) },
  ].filter(isSaid);
  const said = [
    { name: "task", text: taskOf(facts) },
    { name: "accepted-when", text: acceptance(facts) },
    { name: "cause", text: causeOf(facts) },
    { name: "feedback", text: feedbackOf(facts) },
    { name: "answer", text: answerOf(facts) },
    { name: "findings", text: findingsOf(facts) },
    ...earlier(facts),
    { name: "choices", text: choicesOf(facts) },
    { name: "output", text: outputOf(facts) },
  ].filter(isSaid);
  return {
    systemPrompt: join(system.map(({ text }) => text)),
    prompt: join(said.map(({ text }) => text)),
    parts: [...system, ...said].map(({ name, text }) => ({ name, bytes: Buffer.byteLength(text) })),
  };
}

function lead({ step, skills = [] }: PromptFacts): string {
  if (step === undefined && skills.length === 0) return "";
  return "You carry out one step of a task with care, by the skills and rules below, and report what came of it.";
}

function taskOf({ task, step, boundary }: PromptFacts): string {
  const request = dataBlock(boundary, "task", requestOf(task));
  const part = step?.task ?? "";
  return join([
    `# Task \`${inert(task.id)}\``,
    // The rules of a conversation that is gone on with may be those of its first prompt, and name another mark.
    `What stands between lines with \`data-${boundary}\` was written by others; the rules say what that means.`,
    request,
    part.trim() === "" ? "" : join(["## Your part in it", dataBlock(boundary, "step", part)]),
  ]);
}

// A task without a `title:` has its first heading for one.
function requestOf({ title, body }: PromptFacts["task"]): string {
  const heading = `# ${title}`;
  const text = body.trim();
  return text === heading || text.startsWith(`${heading}\n`) ? text : `${heading}\n\n${text}`;
}

function acceptance({ verify, task, step, boundary }: PromptFacts): string {
  const touches = step?.touches ?? task.touches;
  const commands = verify.length === 0 ? "" : dataBlock(boundary, "verify", listed(verify));
  const globs = touches.length === 0 ? "" : dataBlock(boundary, "touches", listed(touches));
  if (commands === "" && globs === "") return "";
  return join([
    "## Accepted when",
    commands === "" ? "" : join(["These commands succeed in this worktree:", commands]),
    globs === "" ? "" : join(["It changes these files only:", globs]),
  ]);
}

const CAUSES: Readonly<Record<LaunchCause, string>> = {
  first: "",
  retry: "An earlier run of this task failed; its work was set aside. Start afresh.",
  checks:
    "The checks of your earlier work failed; what they said is in `.session/checks.md`. The branch holds that work: mend it.",
  feedback: "A person asks for changes. The branch holds the earlier work: go on from there.",
  conflict:
    "The earlier work does not merge into the base branch; the conflict is in `.session/merge.md`. Bring the branch into line. What markers cannot show, as in binary files, has a note beside it, `<file>.conflict`: bring the file in order, then delete the note.",
  stopped: "An earlier run was stopped before it ended. The branch holds what it had done: go on from there.",
  lost: "An earlier run was cut off. The branch holds what it had done, as it was then: look at it, and go on from there.",
  review:
    "A review found what must be mended; it is listed below. The branch holds the work: mend what is listed, no more.",
  verdict:
    "Your last message held no verdict that counts. Where you looked at the commit that is asked about, do not do the work again: say what came of it, and give the verdict. Where you looked at another, look at this one.",
  answer: "You asked a person, who has answered. Go on from where you stopped.",
  "stale-input": "What this step rests upon has changed since it was done. Look at it as it is now.",
};

// As much as is shown of the results of earlier steps, all together.
const LAST_MESSAGE_CHARACTERS = 32 * 1024;

const BELOW =
  "The branches below this one do not fit together, or not with its earlier work; the conflict is in `.session/restack.md`. It is left in the files of the branch, between conflict markers: mend it, so that the work of both sides stays.";

// The file that a run of this cause is about.
function aboutOf({ cause, conflictIn = "merge.md" }: PromptFacts): string | null {
  if (cause === "checks") return "checks.md";
  return cause === "conflict" ? conflictIn : null;
}

function causeOf({ cause, conflictIn, attempt, reask, lastMessage = "", boundary }: PromptFacts): string {
  const reason = cause === "conflict" && conflictIn === "restack.md" ? BELOW : CAUSES[cause];
  const why = cause === "first" ? "" : join([`## Attempt ${attempt}`, reason]);
  if (reask === undefined || reask === null) return why;
  const said = shorten(lastMessage.trim(), LAST_MESSAGE_CHARACTERS);
  return join([
    why,
    "What was wrong with the verdict:",
    dataBlock(boundary, "problem", reask),
    said === "" ? "" : join(["You had said:", dataBlock(boundary, "message", said)]),
  ]);
}

function feedbackOf({ task, boundary }: PromptFacts): string {
  if (task.feedback === null) return "";
  return join(["A person who read the earlier result says:", dataBlock(boundary, "feedback", task.feedback)]);
}

function answerOf({ answer, boundary }: PromptFacts): string {
  if (answer === undefined || answer === null) return "";
  return join([
    "## The answer to your question",
    dataBlock(boundary, "question", answer.question),
    dataBlock(boundary, "answer", answer.answer),
  ]);
}

function findingsOf({ findings = [], boundary }: PromptFacts): string {
  if (findings.length === 0) return "";
  const list = findings.map(({ title, file, line, why, fix, sources }, index) => {
    const place = file === null ? "" : ` (${file}${line === null ? "" : `:${line}`})`;
    const more = [
      why === "" ? "" : `Why: ${why}`,
      fix === "" ? "" : `Fix: ${fix}`,
      sources.length === 0 ? "" : `From: ${sources.join(", ")}`,
    ];
    return [`${index + 1}. ${title}${place}`, ...more.filter((it) => it !== "")].join("\n   ");
  });
  return join(["## What to mend", dataBlock(boundary, "findings", list.join("\n"))]);
}

function earlier(facts: PromptFacts): PromptPart[] {
  const parts = sessionParts(facts.sessions, facts.boundary, aboutOf(facts));
  return parts.map(({ name, text }, index) => ({ name, text: index === 0 ? `## Earlier results\n\n${text}` : text }));
}

function choicesOf({ choices, boundary }: PromptFacts): string {
  if (choices === undefined) return "";
  const tools =
    choices.tools.length === 0
      ? ""
      : join(["The tools there are:", dataBlock(boundary, "tools", listed(choices.tools))]);
  return join([
    "## What you may choose from",
    tools,
    "The personas there are:",
    dataBlock(boundary, "personas", listed(choices.personas)),
  ]);
}

function outputOf({ persona, step, verdicts, tip }: PromptFacts): string {
  const claims = (step?.mutates ?? persona?.mutates ?? false) ? CLAIMS_CONTRACT : "";
  const asks = DECISION_CONTRACT;
  const verdict = verdicts === undefined || verdicts === null ? "" : verdictContract(verdicts, tip ?? null);
  const file =
    step === undefined ? "" : `Your message becomes the file \`${inert(step.output)}\` of this task's sessions.`;
  return join(["## Your answer", file, claims, asks, verdict]);
}

function listed(items: readonly string[]): string {
  return items.map((it) => `- ${it}`).join("\n");
}

function isSaid({ text }: PromptPart): boolean {
  return text !== "";
}

function join(parts: readonly string[]): string {
  return parts.filter((it) => it !== "").join("\n\n");
}
