import { KanbandError } from "../../errors.ts";
import { diffFiles, type FileDiff, mergeBase } from "../../git/branches.ts";
import { resolveRef } from "../../git/head.ts";
import { makeObject } from "../../git/loose-object.ts";
import { noTree } from "../../git/objects.ts";
import { listRefs } from "../../git/ref-list.ts";
import { fromRefPart, toRefPart } from "../../git/ref-name.ts";
import type { Repository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";

const PREFIX = "refs/kanband/preserved/";

/** Work that was kept on a ref before a stop, a retry or a clean-up. */
export type KeptWork = {
  /** `fix-login/2`: what a person types. */
  name: string;
  task: string;
  ref: string;
  sha: string;
};

/** All kept work, or that of one task; the newest of each task last. Reads files, starts no process. */
export function listKeptWork(repo: Repository, task: string | null): KeptWork[] {
  const refs = [...listRefs(repo, task === null ? PREFIX : `${PREFIX}${toRefPart(task)}/`)];
  return refs
    .flatMap(([ref, value]) => {
      const parts = ref.slice(PREFIX.length).split("/");
      const id = fromRefPart(parts[0] ?? "");
      return "sha" in value ? [{ name: [id, ...parts.slice(1)].join("/"), task: id, ref, sha: value.sha }] : [];
    })
    .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

/** The kept work that a person means: `fix-login/2`, the whole ref, or a task that has only one. Throws USAGE. */
export function findKeptWork(repo: Repository, word: string): KeptWork {
  const all = listKeptWork(repo, null);
  const found = all.find(({ name, ref }) => name === word || ref === word);
  if (found !== undefined) return found;
  const ofTask = all.filter(({ task }) => task === word);
  const [only] = ofTask;
  if (only !== undefined && ofTask.length === 1) return only;
  const hint =
    only === undefined ? "`kanband preserved` lists all." : `It has ${ofTask.map((it) => it.name).join(", ")}.`;
  throw new KanbandError("USAGE", `no single preserved work is named '${word}'`, { hint });
}

export type WorkFacts = { at: number; subject: string; files: readonly FileDiff[] };

/** When it was kept, what its last commit says, and the files in which it differs from where it left the base. */
export async function readWork(repo: Repository, { sha }: KeptWork, baseRef: string): Promise<WorkFacts> {
  const [seconds = "0", subject = ""] = (await git(repo, ["show", "-s", "--format=%ct%x00%s", sha]))
    .trimEnd()
    .split("\0");
  const base = await resolveRef(repo, baseRef);
  const from = (base === null ? null : await mergeBase(repo, base, sha)) ?? nothing(repo);
  return { at: Number(seconds) * 1000, subject, files: await diffFiles(repo, from, sha) };
}

// Git knows the empty tree without its being written.
function nothing(repo: Repository): string {
  return makeObject(repo, "tree", noTree(repo).raw).sha;
}
