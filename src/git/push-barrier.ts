import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import { readText } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { configEnvironment } from "./safe-config.ts";

/** Names the file in which the git of a run notes the refs that it deletes. */
export const DELETED_REFS = "KANBAND_DELETED_REFS";

/**
 * Environment for programs that must not push: no push URL works, a hook refuses, no credentials are asked for or found,
 * no local or ssh transport. Each stops an honest agent; a determined one is held only by a sandbox and by having no
 * credentials. Also keeps the user's own hooks from running at the agent's commits. Code: WRITE_FAILED.
 */
export async function pushBarrier(repo: Repository): Promise<{ env: Record<string, string> }> {
  const hooks = join(repo.commonDir, "kanband/hooks");
  writeHooks(hooks);
  const pushUrls = await pushUrlsOf(repo);
  const nowhere = "url.kanband-push-disabled://.";
  const settings: (readonly [string, string])[] = [
    ["core.hooksPath", hooks],
    [`${nowhere}pushInsteadOf`, ""],
    // A push URL of its own is not subject to pushInsteadOf.
    ...pushUrls.map((url) => [`${nowhere}insteadOf`, url] as const),
    ["credential.helper", ""],
    ["core.askPass", ""],
    ["commit.gpgSign", "false"],
    // So that a tag, too, says who made it.
    ["core.logAllRefUpdates", "always"],
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
  ];
  return {
    env: {
      ...configEnvironment(settings),
      GIT_ALLOW_PROTOCOL: "http:https",
      GIT_TERMINAL_PROMPT: "0",
      GIT_ASKPASS: "false",
      SSH_ASKPASS: "false",
      SSH_AUTH_SOCK: "",
      GIT_SSH_COMMAND: "false",
    },
  };
}

// Asked again when the repository's settings change; remotes of other settings files are as rare as they are old.
const known = new WeakMap<Repository, { stamp: string; urls: readonly string[] }>();

async function pushUrlsOf(repo: Repository): Promise<readonly string[]> {
  const stat = statSync(join(repo.commonDir, "config"), { bigint: true, throwIfNoEntry: false });
  const stamp = `${stat?.ino} ${stat?.mtimeNs} ${stat?.ctimeNs}`;
  const before = known.get(repo);
  if (before?.stamp === stamp) return before.urls;
  const found = await git(repo, ["config", "-z", "--get-regexp", "^remote\\..*\\.pushurl$"], { ok: [1] });
  const urls = found.split("\0").flatMap((it) => (it.includes("\n") ? [it.slice(it.indexOf("\n") + 1)] : []));
  known.set(repo, { stamp, urls });
  return urls;
}

const PRE_PUSH = `#!/bin/sh
echo "kanband: agents do not push; the daemon merges what a person accepts" >&2
exit 1
`;

// A ref that is deleted takes its log along: nothing else would tell who did it.
const REFERENCE_TRANSACTION = `#!/bin/sh
[ "$1" = committed ] && [ -n "$${DELETED_REFS}" ] || exit 0
while read -r _ new ref; do
  case $new in *[!0]*) ;; *) echo "$ref" >> "$${DELETED_REFS}" ;; esac
done
exit 0
`;

const HOOKS = { "pre-push": PRE_PUSH, "reference-transaction": REFERENCE_TRANSACTION };

function writeHooks(folder: string): void {
  for (const [name, text] of Object.entries(HOOKS)) {
    const path = join(folder, name);
    if (readText(path) === text) continue;
    mkdirSync(folder, { recursive: true });
    writeFileDurably(path, text, { mode: 0o755 });
  }
}
