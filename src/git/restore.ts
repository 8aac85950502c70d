import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { isCommitHere } from "./branches.ts";
import { buildTree } from "./build-tree.ts";
import { commitTree } from "./commit-object.ts";
import { withSettingsOf } from "./config-text.ts";
import { type Fingerprint, readWatchedFile, type Tampering } from "./fingerprint-facts.ts";
import { makeObject, writeObjects } from "./loose-object.ts";
import { isObjectId } from "./objects.ts";
import type { Target } from "./path-targets.ts";
import { preserve } from "./preserve-ref.ts";
import { updateRef } from "./ref-update.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { setSymbolicRef } from "./symbolic-ref.ts";
import { removeWorktree } from "./worktrees.ts";

/**
 * Puts back what was tampered with, and answers a line for each thing done. What was there instead stays on refs under
 * `refs/kanband/preserved/<id>/`; what is in a worktree must be on one already. A ref that moved once more meanwhile is left
 * alone. Of a HEAD that is named the caller knows that no files had followed it. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function restore(
  repo: Repository,
  before: Fingerprint,
  tampering: readonly Tampering[],
  { id = "tampered" }: { id?: string } = {},
): Promise<string[]> {
  const done: string[] = [];
  const kept = await preserveFiles(repo, id, tampering);
  failpoint("git.restore.after-preserve");
  for (const { kind, name } of tampering) {
    if (kind !== "worktree") continue;
    await removeWorktree(repo, name);
    done.push(`removed the worktree ${name}`);
  }
  for (const it of tampering) {
    if (it.kind === "ref") done.push(await restoreRef(repo, id, it));
  }
  for (const it of tampering) {
    if (it.kind === "head" && it.before !== null) done.push(restoreHead(repo, it.name, it.before));
  }
  failpoint("git.restore.after-refs");
  for (const it of tampering) {
    const { name } = it;
    if (it.kind === "file") restoreFile(repo, before, name);
    else if (it.kind === "settings") restoreSettings(repo, before, { name, keys: it.keys });
    else continue;
    done.push(`put ${name} back${kept === null ? "" : `; the other version is on ${kept}`}`);
  }
  return done;
}

async function restoreRef(
  repo: Repository,
  id: string,
  { name, before, after }: { name: string; before: string | null; after: string | null },
): Promise<string> {
  const isMoved = after !== null && isObjectId(after);
  // By hand it may be moved to what never was.
  const kept = isMoved && (await isCommitHere(repo, after)) ? await preserve(repo, { id, sha: after }) : null;
  const where = kept === null ? "" : `; what it was moved to is on ${kept}`;
  try {
    if (before !== null && !isObjectId(before)) await setSymbolicRef(repo, name, before.replace(/^ref: /, ""));
    else {
      if (after !== null && !isObjectId(after)) await git(repo, ["symbolic-ref", "--delete", name]);
      await updateRef(repo, { ref: name, from: isMoved ? after : null, to: before });
    }
  } catch (error) {
    if (!(error instanceof KanbandError)) throw error;
    if (error.code === "REF_MOVED") return `left ${name} alone: it moved once more`;
    // Something stands where its file or folder would be, and may be a person's.
    if (error.code !== "GIT_FAILED" || before === null || !isObjectId(before)) throw error;
    return `could not put ${name} back; it is on ${await preserve(repo, { id, sha: before })}`;
  }
  return before === null ? `removed ${name}${where}` : `put ${name} back to ${before}${where}`;
}

function restoreHead({ commonDir }: Repository, name: string, before: string): string {
  writeFileDurably(join(commonDir, name, "HEAD"), `${before}\n`);
  return `put HEAD of ${name} back to ${before}`;
}

async function preserveFiles(repo: Repository, id: string, tampering: readonly Tampering[]): Promise<string | null> {
  const targets = new Map<string, Target>();
  for (const { kind, name } of tampering) {
    const file = kind === "file" || kind === "settings" ? readWatchedFile(repo, name) : null;
    if (file === null) continue;
    const object = makeObject(repo, "blob", Buffer.from(file.bytes, "base64"));
    targets.set(name, { to: { mode: "100644", sha: object.sha }, object, stamp: "" });
  }
  if (targets.size === 0) return null;
  const built = await buildTree(repo, null, targets);
  await writeObjects(repo, [...[...targets.values()].flatMap((it) => it.object ?? []), ...built.objects]);
  const message = "Keep settings and hooks that were changed during a run";
  return await preserve(repo, { id, sha: await commitTree(repo, { tree: built.sha, parents: [], message }) });
}

function restoreFile(repo: Repository, before: Fingerprint, name: string): void {
  const path = join(repo.commonDir, name);
  const old = before.files[name];
  if (old === undefined) return rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileDurably(path, Buffer.from(old.bytes, "base64"), { mode: old.mode });
}

// Whatever else somebody wrote into the file meanwhile stays, to the byte.
function restoreSettings(
  repo: Repository,
  before: Fingerprint,
  { name, keys }: { name: string; keys: readonly string[] },
): void {
  const now = readWatchedFile(repo, name);
  if (now === null) return;
  const [text, source] = [now.bytes, before.files[name]?.bytes ?? ""].map((it) => Buffer.from(it, "base64").toString());
  writeFileDurably(join(repo.commonDir, name), withSettingsOf(text ?? "", keys, source ?? ""), { mode: now.mode });
}
