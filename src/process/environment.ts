/** What every run inherits, because programs break without it. */
const INHERITED = ["PATH", "HOME", "LANG", "TERM", "TMPDIR", "USER", "SHELL"];

/**
 * What no run inherits, even if somebody asks for it: it would steer git or node in a place that is not the daemon's. The
 * settings refuse to name them. `NPM_CONFIG_…` is a person's; `npm_…` is what npm sets for the daemon when it starts it.
 */
const REFUSED = /^(GIT_|git_|npm_|NODE_OPTIONS$|KANBAND_)/;

/**
 * The whole environment of a run: the few inherited variables, those named in `allow`, then `set`. Nothing else of the
 * daemon's environment reaches an agent. `home` is the folder that becomes HOME; null inherits it.
 */
export function buildEnvironment({
  allow,
  set,
  home,
}: {
  allow: readonly string[];
  set: Readonly<Record<string, string>>;
  home: string | null;
}): Record<string, string> {
  const wanted = new Set([...INHERITED, ...allow]);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    const isWanted = wanted.has(name) || name.startsWith("LC_");
    if (isWanted && value !== undefined && !REFUSED.test(name)) environment[name] = value;
  }
  if (home !== null) environment["HOME"] = home;
  return { ...environment, ...set };
}
