import { editFrontMatter } from "../board/front-matter.ts";

export type NewTask = {
  title: string;
  priority: string | null;
  persona: string | null;
  workflow: string | null;
  review: string | null;
  dependencies: readonly string[];
  body: string;
};

/** The text of a new task file: only the keys that say something, then the body. */
export function formatNewTask({ title, priority, persona, workflow, review, dependencies, body }: NewTask): string {
  const keys: [string, string][] = [["title", title]];
  if (priority !== null) keys.push(["priority", priority]);
  if (persona !== null) keys.push(["persona", persona]);
  if (workflow !== null) keys.push(["workflow", workflow]);
  if (review !== null) keys.push(["review", review]);
  const text = body.trim();
  const plain = editFrontMatter(text === "" ? "" : `\n${text}\n`, keys);
  return dependencies.length === 0 ? plain : addDependencies(plain, dependencies);
}

const PLAIN = /^(?!(?:true|false|null|yes|no|on|off|y|n)$)[a-z][a-z0-9-]*$/;

// Ids need no quotes more often than not; a JSON string is a YAML string where they do.
function addDependencies(text: string, dependencies: readonly string[]): string {
  const items = dependencies.map((id) => (PLAIN.test(id) ? id : JSON.stringify(id)));
  const end = text.indexOf("\n---", 3);
  return `${text.slice(0, end)}\ndependencies: [${items.join(", ")}]${text.slice(end)}`;
}
