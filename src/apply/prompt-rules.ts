import { dataRule, inert } from "./data-block.ts";
import type { PromptFacts } from "./prompt-facts.ts";

/** The rules of the house, which hold for every persona and for none. */
export function promptRules(facts: PromptFacts): string {
  const { persona, boundary, step, trust } = facts;
  const mutates = step?.mutates ?? (persona === null || persona.mutates);
  const lines = [
    place(facts, mutates),
    mutates
      ? "You edit files; the daemon commits what you leave. Stay on the branch."
      : "You read and report. Change no file: what you find goes into your answer, not into the code.",
    "Do not push, merge, rebase, switch branches or move refs; do not touch other worktrees or the git configuration.",
    "Do not make `board/`, `sessions/` or `personas/`: the daemon alone moves tasks and writes sessions.",
    ...(mutates
      ? [
          "Leave the files of git (`.gitignore`, `.gitattributes`, …), of continuous integration, of agents and of what runs commands (`.npmrc`, `.cargo/`, …) as they are, unless the task's `touches` name them: such a change is refused.",
        ]
      : []),
    dataRule(boundary),
    "End with one message that stands for itself: what you did, what you saw, what is left. It is kept word for word.",
  ];
  if (trust !== undefined) lines.push(`The trust phase of this board is \`${trust}\`.`);
  const most = facts.maxToolCalls === undefined ? (persona?.maxToolCalls ?? null) : facts.maxToolCalls;
  if (most !== null) {
    lines.push(`Make at most ${most} tool calls; the run is ended at the next.`);
  }
  lines.push("Read the repository's own instructions for agents (AGENTS.md, CLAUDE.md, …) first, where it has any.");
  return `## Rules\n\n${lines.map((it) => `- ${it}`).join("\n")}`;
}

function place({ task, branch, step, tip }: PromptFacts, mutates: boolean): string {
  const what = step === undefined ? "" : ` the step \`${inert(step.id)}\` of`;
  const where =
    mutates || tip === undefined || tip === null
      ? `of its own, on the branch \`${inert(branch)}\``
      : `that shows the commit \`${inert(tip)}\``;
  return `You work alone on${what} the task \`${inert(task.id)}\`, in a git worktree ${where}.`;
}
