import { oneLine } from "../board/text.ts";
import type { AgentEvent } from "./adapter.ts";
import type { Fields } from "./fields.ts";

/** What a tool was asked to do, as one short line: the command, the file, the pattern; else all of its input. */
export function toolDetail(input: Fields | null): string {
  if (input === null) return "";
  for (const key of TELLING) {
    const value = input[key];
    if (typeof value === "string" && value !== "") return oneLine(value.slice(0, 4 * DETAIL_LENGTH), DETAIL_LENGTH);
  }
  const rest = Object.entries(input).filter(([, value]) => typeof value !== "object");
  return oneLine(
    rest.map(([key, value]) => `${key}=${String(value).slice(0, DETAIL_LENGTH)}`).join(" "),
    DETAIL_LENGTH,
  );
}

/** A line that is no event: shown, unless it is blank or the beginning of a longer one. */
export function shownLine(line: string): readonly AgentEvent[] {
  const text = oneLine(line.slice(0, 4 * LINE_LENGTH), LINE_LENGTH);
  return text === "" || text.startsWith("{") ? [] : [{ kind: "text", text, isAnswer: false }];
}

/** The tool of a call so long that its line was cut: it counts all the same. `name` finds it in the line's beginning. */
export function cutTool(line: string, name: RegExp): readonly AgentEvent[] {
  const found = name.exec(line.slice(0, BEGINNING))?.[1];
  return found === undefined ? [] : [{ kind: "tool", name: found, detail: "" }];
}

const BEGINNING = 2000;
const DETAIL_LENGTH = 200;
const LINE_LENGTH = 500;
// In the order in which they say most.
const TELLING = [
  "command",
  "file_path",
  "filePath",
  "notebook_path",
  "absolute_path",
  "path",
  "pattern",
  "query",
  "url",
  "agent_name",
  "subagent_type",
  "description",
  "prompt",
];
