import { foldName, unportableReason } from "./portable-name.ts";

/** So many names a path below `sessions/<task>/` may have: what lies deeper is not looked at. */
export const SESSION_DEPTH = 4;

/** What a session file of a step may be called, as the end of "expected …". */
export const SESSION_OUTPUT =
  "a file name ending in .md, relative, at most 3 folders deep (none of them ending in .md), outside tasks/, other than checks.md, merge.md, restack.md, context.md and decisions.md";

/**
 * Whether a step may write this file below `sessions/<task>/`: nothing leaves that folder, and the daemon's own files are its
 * own.
 */
export function isSessionOutput(path: string): boolean {
  if (!path.endsWith(".md") || OWN.has(foldName(path)) || foldName(path).startsWith("tasks/")) return false;
  // `..`, an empty part of an absolute path and the like are no portable names.
  const parts = path.split("/");
  // What is a folder to one step would be the file of another.
  if (parts.slice(0, -1).some((part) => foldName(part).endsWith(".md"))) return false;
  return parts.length <= SESSION_DEPTH && parts.every((part) => unportableReason(part) === null);
}

const OWN = new Set(["checks.md", "merge.md", "restack.md", "context.md", "decisions.md"]);
