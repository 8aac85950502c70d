import { editFrontMatter } from "./front-matter.ts";
import type { ProposedSubtask } from "./read-subtasks.ts";

/** The text of a proposed task's file. `parent`: id of the task it came from; `dependencies`: ids, as far as they are known. */
export function formatSubtask(
  { title, body, touches, acceptance, persona, priority }: ProposedSubtask,
  { parent, dependencies }: { parent: string; dependencies: readonly string[] },
): string {
  const keys: [string, string][] = [["title", title]];
  if (priority !== null) keys.push(["priority", priority]);
  if (persona !== null) keys.push(["persona", persona]);
  keys.push(["parent", parent]);
  const criteria =
    acceptance.length === 0 ? "" : `## Acceptance criteria\n\n${acceptance.map((it) => `- ${it}`).join("\n")}`;
  const text = [body.trim(), criteria].filter((it) => it !== "").join("\n\n");
  const plain = editFrontMatter(text === "" ? "" : `\n${text}\n`, keys);
  const lists = [listLine("dependencies", dependencies), listLine("touches", touches)].join("");
  const end = plain.indexOf("\n---", 3);
  return `${plain.slice(0, end)}${lists}${plain.slice(end)}`;
}

// A list of JSON texts is a list of YAML texts, whatever stands in them.
function listLine(key: string, items: readonly string[]): string {
  return items.length === 0 ? "" : `\n${key}: [${items.map((it) => JSON.stringify(it)).join(", ")}]`;
}
