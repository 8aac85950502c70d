import { editFrontMatter } from "./front-matter.ts";
import { formatScalar } from "./front-matter-scalar.ts";
import type { ProposedSubtask } from "./read-subtasks.ts";
import { parseTask } from "./task-file.ts";

/**
 * `parent`: id of the task it came from; `proposedBy`: which attempt of which of its steps; `dependencies`: ids, as far as they
 * are known.
 */
type Place = { parent: string; proposedBy: string; dependencies: readonly string[] };

/** The text of a proposed task's file, or why none can be made of it. */
export function formatSubtask(subtask: ProposedSubtask, place: Place): { text: string } | { problem: string } {
  try {
    const text = textOf(subtask, place);
    const { findings } = parseTask("proposed.md", "backlog", new TextEncoder().encode(text));
    const problem = findings.find(({ severity }) => severity === "error");
    return problem === undefined ? { text } : { problem: problem.message };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function textOf(
  { title, body, touches, acceptance, persona, priority }: ProposedSubtask,
  { parent, proposedBy, dependencies }: Place,
): string {
  const keys: [string, string][] = [["title", title]];
  if (priority !== null) keys.push(["priority", priority]);
  if (persona !== null) keys.push(["persona", persona]);
  keys.push(["parent", parent], ["proposed_by", proposedBy]);
  const criteria =
    acceptance.length === 0 ? "" : `## Acceptance criteria\n\n${acceptance.map((it) => `- ${it}`).join("\n")}`;
  const text = [body.trim(), criteria].filter((it) => it !== "").join("\n\n");
  // Made without the text, which may begin like front matter itself.
  const head = editFrontMatter("", keys).replace(/---\n$/, "");
  const lists = [listLine("dependencies", dependencies), listLine("touches", touches)].join("");
  return `${head}${lists}---\n${text === "" ? "" : `\n${text}\n`}`;
}

function listLine(key: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `${key}: [${items.map((it) => formatScalar(it, "double")).join(", ")}]\n`;
}
