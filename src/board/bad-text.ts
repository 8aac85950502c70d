import type { Fences } from "./fences.ts";

export type Problem = { line: number; message: string; hint: string };

const MAX_FRONT_MATTER = 128 * 1024;

/**
 * What no front matter or task may hold: NUL, conflict markers, a carriage return alone, 128 KiB of YAML. Null when all is
 * well.
 */
export function findBadText(text: string, fences: Fences, isBodyData: boolean): Problem | null {
  const end = isBodyData ? fences.yamlEnd : text.length;
  const nul = text.indexOf("\0");
  if (nul !== -1 && nul < end) {
    return {
      line: lineAtOffset(text, nul),
      message: "the file contains a NUL byte",
      hint: "Remove it; tasks are plain text.",
    };
  }
  const marker = findConflictMarker(text);
  if (marker !== -1 && marker < end) {
    const message = "unresolved conflict marker `<<<<<<<`";
    return {
      line: lineAtOffset(text, marker),
      message,
      hint: "Resolve the conflict, or indent the line if it is meant.",
    };
  }
  if (fences.yamlEnd - fences.yamlStart > MAX_FRONT_MATTER) {
    return { line: 1, message: "the front matter is larger than 128 KiB", hint: "Move text below the closing `---`." };
  }
  const yaml = text.slice(fences.yamlStart, fences.yamlEnd);
  const loneCr = /\r(?!\n)/.exec(yaml);
  if (loneCr !== null) {
    const line = lineAtOffset(text, fences.yamlStart + loneCr.index);
    return {
      line,
      message: "a carriage return without a line feed in the front matter",
      hint: "Save the file with LF or CRLF line ends.",
    };
  }
  return null;
}

function findConflictMarker(text: string): number {
  const marker = "<<<<<<< ";
  if (text.startsWith(marker)) return 0;
  const at = text.indexOf(`\n${marker}`);
  return at === -1 ? -1 : at + 1;
}

function lineAtOffset(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
