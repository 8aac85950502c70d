/** Where a git command acts. Always explicit, so that a `.git` file planted by an agent is never followed. */
export type GitPlace = { readonly gitDir: string; readonly commonDir: string; readonly top: string };

/** Who the daemon's commits are by. */
export type GitIdentity = { readonly name: string; readonly email: string };

/**
 * Settings of every git call: no hooks, no monitors, no signing, no background work, no recursion, no bare
 * repository found by accident.
 *
 * `core.fsync`: what a branch points to must be on disk before the branch is (`committed`), and so must the branch
 * itself (`reference`): a claim that a power cut takes back after its agent started would let the agent run twice.
 * The index is left out: it can be rebuilt, and its fsync would be paid by each commit.
 *
 * What `merge` says of how to join two sides decides what comes into the base: nobody else's settings count there.
 *
 * `core.untrackedCache` is `keep` rather than `false`, because `false` throws away the cache in the user's own index.
 */
export const PROFILE: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.untrackedCache=keep",
  "commit.gpgSign=false",
  "tag.gpgSign=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "core.fsync=committed,reference",
  "safe.bareRepository=explicit",
  "core.quotePath=false",
  "checkout.workers=0",
  "log.showSignature=false",
  "i18n.logOutputEncoding=UTF-8",
  "merge.default=text",
  "merge.renames=true",
  "merge.directoryRenames=conflict",
  "merge.renormalize=false",
];

/**
 * No attributes but those of the repository. In the environment, where another file may stand instead: a setting among the
 * arguments would win over it.
 */
export const OWN_ATTRIBUTES = ["core.attributesFile", "/dev/null"] as const;

/** The environment of every git call, built from nothing: neither the user's GIT_* nor any secret gets in. */
export function gitEnvironment(place: GitPlace, identity: GitIdentity | null): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    LC_ALL: "C.UTF-8",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: OWN_ATTRIBUTES[0],
    GIT_CONFIG_VALUE_0: OWN_ATTRIBUTES[1],
    GIT_TERMINAL_PROMPT: "0",
    // Never take the index lock only to store refreshed stat data.
    GIT_OPTIONAL_LOCKS: "0",
    GIT_COMMON_DIR: place.commonDir,
    ...(identity === null
      ? {}
      : {
          GIT_AUTHOR_NAME: identity.name,
          GIT_AUTHOR_EMAIL: identity.email,
          GIT_COMMITTER_NAME: identity.name,
          GIT_COMMITTER_EMAIL: identity.email,
        }),
  };
}

/**
 * The environment for questions about the user's own settings: who commits, what is ignored everywhere, whether git
 * may trust this folder at all. Nothing that writes or runs filters gets it.
 */
export function userEnvironment(): Record<string, string> {
  const names = ["PATH", "HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"];
  const known = names.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(known), LC_ALL: "C.UTF-8", GIT_TERMINAL_PROMPT: "0", GIT_OPTIONAL_LOCKS: "0" };
}

/** The arguments before the git command: profile, place, and settings of this one call (`key=value`). */
export function gitPrefix(place: GitPlace, config: readonly string[] = []): string[] {
  return [...[...PROFILE, ...config].flatMap((it) => ["-c", it]), ...placeArguments(place)];
}

/** The explicit git directory and working tree. */
export function placeArguments(place: GitPlace): string[] {
  return [`--git-dir=${place.gitDir}`, `--work-tree=${place.top}`];
}
