import { KanbandError } from "../errors.ts";
import { buildTree } from "./build-tree.ts";
import { makeCommit } from "./commit-object.ts";
import type { IndexEntry } from "./index-entries.ts";
import { writeObjects } from "./loose-object.ts";
import { listRefs } from "./ref-list.ts";
import { toRefPart } from "./ref-name.ts";
import { updateRef } from "./ref-update.ts";
import type { Repository } from "./repository.ts";

/** Where the preserved work of one task is: below this prefix. */
export function preservedPrefix(id: string): string {
  return `refs/kanband/preserved/${toRefPart(id)}/`;
}

/**
 * Makes a commit reachable for good: `refs/kanband/preserved/<id>/<n>` with the next free number. Answers the ref; the
 * one that is there when the same commit is preserved already. Codes: GIT_FAILED, GIT_LOCKED.
 */
export async function preserve(repo: Repository, { id, sha }: { id: string; sha: string }): Promise<string> {
  const prefix = preservedPrefix(id);
  for (;;) {
    const refs = listRefs(repo, prefix);
    const known = [...refs].find(([, value]) => "sha" in value && value.sha === sha);
    if (known !== undefined) return known[0];
    const last = Math.max(0, ...[...refs.keys()].map((it) => Number(it.slice(prefix.length)) || 0));
    const ref = `${prefix}${last + 1}`;
    try {
      await updateRef(repo, { ref, from: null, to: sha });
      return ref;
    } catch (error) {
      if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
    }
  }
}

/** Whether a commit is preserved under this id as it is. Starts no process. */
export function isPreserved(repo: Repository, { id, sha }: { id: string; sha: string }): boolean {
  return [...listRefs(repo, preservedPrefix(id)).values()].some((value) => "sha" in value && value.sha === sha);
}

/** Keeps one file that is on no branch, in a commit of its own. Answers the ref. Codes: as `preserve`, WRITE_FAILED. */
export async function preserveFile(repo: Repository, id: string, { path, mode, sha }: IndexEntry): Promise<string> {
  const built = await buildTree(repo, null, new Map([[path, { to: { mode, sha }, object: null, stamp: "" }]]));
  const message = `Keep ${path}\n\nIt went before it was committed.\n`;
  const commit = makeCommit(repo, { tree: built.sha, parents: [], message });
  await writeObjects(repo, [...built.objects, commit]);
  return await preserve(repo, { id, sha: commit.sha });
}
