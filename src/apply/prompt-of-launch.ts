import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Persona } from "../board/persona.ts";
import type { Session } from "../board/session.ts";
import { parseSession, sessionMessage } from "../board/session-file.ts";
import type { Task } from "../board/task.ts";
import type { VerdictKind } from "../board/verdict-kind.ts";
import type { Settings } from "../config/settings.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { readRegularFile } from "./board-file.ts";
import { composePrompt, type Prompt } from "./compose-prompt.ts";
import { answerText } from "./decisions.ts";
import type { LaunchEffect } from "./launch-facts.ts";
import type { RunFacts } from "./run-facts.ts";
import { skillTexts } from "./skill-texts.ts";
import type { World } from "./world.ts";

/** Kinds of verdict that name a tool or a persona. */
const CHOOSING: ReadonlySet<VerdictKind> = new Set(["router", "triage", "dispatcher"]);

/** Never quoted: it tells what the others must not know, and grows with every run. */
const CONTEXT = "context.md";

/** The prompt of a launch, with the texts of the skills and session files that its step is given. */
export function promptOfLaunch(
  world: World,
  launch: { effect: LaunchEffect; snapshot: Snapshot; task: Task; persona: Persona | null; facts: RunFacts },
  sessions: ReadonlyMap<string, Buffer>,
): Prompt {
  const { effect, snapshot, task, persona, facts } = launch;
  const { work } = effect;
  const settings = world.settings();
  const lastMessage = lastMessageOf(world, effect, facts);
  // What it said itself is shown once.
  const isShown = (name: string): boolean => name !== CONTEXT && (lastMessage === "" || name !== work?.output);
  return composePrompt({
    boundary: randomBytes(12).toString("hex"),
    task,
    persona,
    cause: effect.cause,
    attempt: effect.attempt,
    conflictIn: conflictIn(task.id, sessions),
    branch: facts.branch.replace(/^refs\/heads\//, ""),
    verify: [...settings.verify, ...task.verify],
    sessions: [...sessions]
      .filter(([name]) => isShown(name))
      .map(([name, bytes]) => ({ name, text: sessionMessage(bytes.toString("utf8")) })),
    skills: skillTexts(world.boardRoot, work?.skills ?? persona?.skills ?? []),
    answer: answerOf(effect, facts, snapshot),
    tip: facts.startSha,
    trust: settings.trust,
    maxToolCalls: facts.caps.toolCalls,
    findings: work?.findings ?? effect.findings ?? [],
    ...(work === undefined
      ? {}
      : {
          step: {
            id: effect.step,
            task: work.task,
            output: work.output,
            mutates: work.mutates,
            ...(work.touches === undefined ? {} : { touches: work.touches }),
          },
          verdicts: work.verdicts,
          reask: work.problem,
          lastMessage,
          ...(work.verdicts !== null && CHOOSING.has(work.verdicts) ? { choices: choicesOf(settings, snapshot) } : {}),
        }),
  });
}

// A program that goes on with its conversation knows what it said.
function lastMessageOf(
  { boardRoot }: World,
  { cause, work, taskId }: LaunchEffect,
  { resumed = null }: RunFacts,
): string {
  if (cause !== "verdict" || work === undefined || resumed !== null) return "";
  const bytes = readRegularFile(join(boardRoot, "sessions", taskId, work.output));
  return bytes === null ? "" : sessionMessage(bytes.toString("utf8"));
}

// Where both tell of one, the newer.
function conflictIn(taskId: string, sessions: ReadonlyMap<string, Buffer>): "merge.md" | "restack.md" {
  const read = (name: string): Session | null => {
    const bytes = sessions.get(name);
    return bytes === undefined ? null : parseSession(`sessions/${taskId}/${name}`, taskId, bytes).session;
  };
  const [restack, merge] = [read("restack.md"), read("merge.md")];
  if (restack?.verdict !== "to-mend") return "merge.md";
  return (merge?.finishedAt ?? 0) > (restack.finishedAt ?? 0) ? "merge.md" : "restack.md";
}

function choicesOf(
  { tools }: Pick<Settings, "tools">,
  { personas }: Snapshot,
): { tools: readonly string[]; personas: readonly string[] } {
  return {
    tools: Object.entries(tools).map(
      ([name, { description, command }]) => `${name}: ${description ?? command.join(" ")}`,
    ),
    personas: [...personas.values()].map(({ id, description, mutates }) => {
      return `${id} (${mutates ? "changes files" : "only reads"}): ${description}`;
    }),
  };
}

function answerOf(
  { cause, work, taskId, step }: LaunchEffect,
  { answer = null }: RunFacts,
  { sessions }: Snapshot,
): { question: string; answer: string } | null {
  if (cause !== "answer") return null;
  const asked = work?.question ?? sessions.get(taskId)?.find((it) => it.step === step)?.question ?? "";
  const inBody = "The person answered in the text of the task: read it again.";
  return { question: asked, answer: answer === null ? inBody : answerText(answer) };
}
