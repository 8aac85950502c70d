import type { Advance } from "../git/advance-base.ts";
import { quoteForShell } from "./quote-for-shell.ts";

/** The files that a move of the base waits for; beside one that git is told not to look at, how to see what is in it. */
export function dirtyFiles({ files, hidden = [] }: Extract<Advance, { state: "dirty" }>): string[] {
  const flags = new Map(hidden.map(({ path, flag }) => [path, flag]));
  return files.map((path) => {
    const flag = flags.get(path);
    if (flag === undefined) return path;
    return `${path} (hidden from git: \`git update-index --no-${flag} ${quoteForShell(path)}\`)`;
  });
}
