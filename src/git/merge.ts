import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { gitResult } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";

export { advanceBase } from "./advance-base.ts";
export { commitTree } from "./commit-object.ts";

export type MergedTree =
  | { tree: string }
  | {
      conflicts: { path: string; kind: string }[];
      /** What git says about them, for people and prompts. */
      text: string;
    };

/** Merges two commits into a tree without touching any working tree. Code: GIT_FAILED. */
export async function mergeTrees(repo: Repository, base: string, branch: string): Promise<MergedTree> {
  const args = ["merge-tree", "--write-tree", "-z", "--messages", checkRevision(base), checkRevision(branch)];
  const { exitCode, stdout } = await gitResult(repo, args, { ok: [1], env: await safeEnvironment(repo) });
  const parts = stdout.split("\0");
  if (exitCode === 0) return { tree: parts[0] ?? "" };
  const { conflicts, messages } = parseMessages(parts.slice(parts.indexOf("", 1) + 1));
  const others = parseConflictedPaths(parts.slice(1)).filter((path) => !conflicts.some((it) => it.path === path));
  return {
    conflicts: [...conflicts, ...others.map((path) => ({ path, kind: "content" }))],
    text: messages.join("\n"),
  };
}

// `<mode> <id> <stage>\t<path>`, up to an empty part.
function parseConflictedPaths(parts: readonly string[]): string[] {
  const paths = parts.slice(0, parts.indexOf("")).map((it) => it.slice(it.indexOf("\t") + 1));
  return [...new Set(paths)];
}

// `<number of paths>`, the paths, `<kind>`, `<text>`, again and again.
function parseMessages(parts: readonly string[]): { conflicts: { path: string; kind: string }[]; messages: string[] } {
  const conflicts: { path: string; kind: string }[] = [];
  const messages: string[] = [];
  for (let at = 0; at < parts.length; ) {
    const count = Number(parts[at]);
    if (!Number.isInteger(count) || parts[at] === "") break;
    const kind = parts[at + 1 + count] ?? "";
    messages.push((parts[at + 2 + count] ?? "").trim());
    const match = /^CONFLICT \((.+)\)$/.exec(kind);
    for (const path of parts.slice(at + 1, at + 1 + count)) {
      if (match?.[1] !== undefined) conflicts.push({ path, kind: match[1] });
    }
    at += 3 + count;
  }
  return { conflicts, messages };
}
