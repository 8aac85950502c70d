import { type Fields, fieldsOf, listOf, textOf } from "../agents/fields.ts";
import { toolDetail } from "../agents/tool-detail.ts";

/** What is known of one use of a tool, from all that the agent told of it so far. */
export type ToolFacts = {
  name: string | null;
  kind: string;
  title: string;
  input: Fields | null;
  paths: readonly string[];
};

/** The facts with those of one more message. A message names only what is new. */
export function mergeTool(before: ToolFacts | undefined, told: Fields): ToolFacts {
  const input = fieldsOf(told["rawInput"]);
  const isEmpty = input === null || Object.keys(input).length === 0;
  const known = isEmpty ? (before?.input ?? null) : input;
  return {
    name: nameOf(told) ?? before?.name ?? null,
    kind: textOf(told["kind"]) ?? before?.kind ?? "other",
    title: textOf(told["title"]) ?? before?.title ?? "",
    input: known,
    paths: [...new Set([...(before?.paths ?? []), ...pathsOf(told, known)])],
  };
}

/** The command that is to be run, or else what the use is about. */
export function subjectOf({ input, title }: ToolFacts): string {
  const command = input?.["command"];
  return Array.isArray(command) ? command.join(" ") : (textOf(command) ?? title);
}

/** As it is shown: its name, and in short what it was asked to do. */
export function shownTool(tool: ToolFacts): { name: string; detail: string } {
  const path = tool.kind === "edit" ? tool.paths[0] : undefined;
  return { name: tool.name ?? tool.kind, detail: (path ?? (toolDetail(tool.input) || tool.title)).slice(0, DETAIL) };
}

const DETAIL = 200;
const PATH_KEYS = ["file_path", "filePath", "filepath", "absolute_path", "notebook_path", "path"];

function nameOf(told: Fields): string | null {
  const meta = fieldsOf(told["_meta"]);
  const names = [told["name"], fieldsOf(meta?.["claudeCode"])?.["toolName"], meta?.["toolName"]];
  return names.map(textOf).find((it) => it !== null && it !== "") ?? null;
}

function pathsOf(told: Fields, input: Fields | null): string[] {
  const listed = [...listOf(told["locations"]), ...listOf(told["content"])].map((it) => it["path"]);
  const named = PATH_KEYS.map((key) => input?.[key]);
  return [...listed, ...named].map(textOf).filter((it) => it !== null);
}
