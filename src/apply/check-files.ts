import { join } from "node:path";
import { blobSha } from "../files/durable.ts";
import { git } from "../git/run.ts";
import { findRegistration } from "../git/worktree-admin.ts";
import { createMatcher } from "./path-globs.ts";
import { quoteForShell } from "./quote-for-shell.ts";
import { readPlain } from "./read-plain.ts";
import { gitLine } from "./setup-files.ts";
import type { World } from "./world.ts";

/**
 * A `sh` function `look` that ends the script of `verify` when a file of `checks.config` or `checks.tests` is not as it is now
 * in the fresh checkout of `commit`, with a mark that names the file: what ran before it may have written it anew. Null: there
 * are no such files. Code: GIT_FAILED.
 */
export async function lookForChanges(world: World, worktree: string, commit: string): Promise<string | null> {
  const { config, tests } = world.settings().checks;
  const place = findRegistration(world.codeRepo, worktree);
  if (place === null || config.length + tests.length === 0) return null;
  const isKept = createMatcher([...config, ...tests]);
  const listed = await git(world.codeRepo, ["ls-tree", "-r", "-z", "--name-only", commit]);
  // Git takes a quote at the beginning of a line for that of a quoted name.
  const paths = listed.split("\0").filter((it) => it !== "" && !/^"|\n/.test(it) && isKept(it));
  const files = paths.flatMap((path) => {
    const bytes = readPlain(join(worktree, path));
    return bytes === null ? [] : [{ path, blob: blobSha(bytes, world.codeRepo.objectFormat) }];
  });
  if (files.length === 0) return null;
  const hash = `${gitLine(place, world.codeRepo.userConfig)} hash-object --no-filters`;
  return LOOK.replaceAll("@HASH@", () => hash)
    .replace("@PATHS@", () => quoteForShell(files.map((it) => it.path).join("\n")))
    .replace("@BLOBS@", () => quoteForShell(files.map((it) => it.blob).join("\n")))
    .replace("@LINES@", () => quoteForShell(files.map((it) => `${it.blob} ${it.path}`).join("\n")));
}

const LOOK = `
check_paths=@PATHS@
check_blobs=@BLOBS@
check_lines=@LINES@
look() {
  [ "$(printf '%s\\n' "$check_paths" | @HASH@ --stdin-paths 2>/dev/null)" = "$check_blobs" ] && return
  check_changed=$(printf '%s\\n' "$check_lines" | while IFS= read -r line; do
    now=$(@HASH@ -- "\${line#* }" 2>/dev/null)
    [ "$now" = "\${line%% *}" ] || { printf '%s' "\${line#* }"; break; }
  done)
  printf '\\n@NONCE@ changed %s\\n' "$check_changed"
  exit 1
}`;
