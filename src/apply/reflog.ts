import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Repository } from "../git/repository.ts";

export type ReflogEntry = { oldSha: string; newSha: string; email: string; message: string };

const LINE = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) .*<([^<>\n]*)> \d+ [+-]\d{4}(?:\t(.*))?$/;

/**
 * The log of a ref, the oldest entry first: who moved it from where to where. `name`: a full ref, `HEAD`, or `HEAD` below a
 * git directory such as `worktrees/w1/HEAD`. Empty when nobody keeps one.
 */
export function readReflog(repo: Repository, name: string): ReflogEntry[] {
  const [, worktree] = /^(worktrees\/[^/]+)\/HEAD$/.exec(name) ?? [];
  const path =
    worktree === undefined ? join(repo.commonDir, "logs", name) : join(repo.commonDir, worktree, "logs/HEAD");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const [, oldSha = "", newSha = "", email = "", message = ""] = LINE.exec(line) ?? [];
    return newSha === "" ? [] : [{ oldSha, newSha, email, message }];
  });
}
