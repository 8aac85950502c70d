import { makeObject, type NewObject, writeObjects } from "./loose-object.ts";
import type { Repository } from "./repository.ts";

export type CommitContent = {
  tree: string;
  parents: readonly string[];
  message: string;
  /** As git writes it, with the time; absent: the daemon, now. */
  author?: string;
};

/** Writes a commit by the daemon's identity and answers its id. No hook, no signing. Code: WRITE_FAILED. */
export async function commitTree(repo: Repository, content: CommitContent): Promise<string> {
  const object = makeCommit(repo, content);
  await writeObjects(repo, [object]);
  return object.sha;
}

/** The commit as an object that is not written yet. */
export function makeCommit(repo: Repository, { tree, parents, message, author }: CommitContent): NewObject {
  const who = `${repo.identity.name} <${repo.identity.email}> ${gitDate(new Date())}`;
  const lines = [`tree ${tree}`, ...parents.map((it) => `parent ${it}`), `author ${author ?? who}`, `committer ${who}`];
  const text = `${lines.join("\n")}\n\n${message.replaceAll("\0", "").trimEnd()}\n`;
  return makeObject(repo, "commit", Buffer.from(text, "utf8"));
}

/** Seconds since the epoch and the local time zone, as git writes them. */
export function gitDate(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const digits =
    `${Math.floor(Math.abs(minutes) / 60)}`.padStart(2, "0") + `${Math.abs(minutes) % 60}`.padStart(2, "0");
  return `${Math.floor(date.getTime() / 1000)} ${minutes < 0 ? "-" : "+"}${digits}`;
}
