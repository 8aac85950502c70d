import type { Repository } from "./repository.ts";

export type CommitRead = {
  sha: string;
  tree: string;
  parents: readonly string[];
  /** As git writes it: name, address in angle brackets, seconds, time zone. */
  author: string;
  message: string;
};

/** A commit by its id; null when it is not there. Code: GIT_FAILED. */
export async function readCommit(repo: Repository, sha: string): Promise<CommitRead | null> {
  const object = await repo.catFile.read(sha);
  if (object?.type !== "commit") return null;
  const end = object.bytes.indexOf("\n\n");
  const header = textOf(object.bytes.subarray(0, end), "utf-8");
  const text = textOf(object.bytes, valuesOf(header, "encoding")[0] ?? "utf-8");
  return {
    sha: object.sha,
    tree: valuesOf(header, "tree")[0] ?? "",
    parents: valuesOf(header, "parent"),
    author: valuesOf(text.slice(0, text.indexOf("\n\n")), "author")[0] ?? "",
    message: text.slice(text.indexOf("\n\n") + 2),
  };
}

function valuesOf(header: string, key: string): string[] {
  const lines = header.split("\n").filter((it) => it.startsWith(`${key} `));
  return lines.map((it) => it.slice(key.length + 1));
}

function textOf(bytes: Uint8Array, encoding: string): string {
  try {
    return new TextDecoder(encoding).decode(bytes);
  } catch {
    // A name of an encoding that nobody knows.
    return new TextDecoder().decode(bytes);
  }
}
