import { parseConfig } from "./config-text.ts";
import { LFS_COMMANDS } from "./safe-config.ts";

/**
 * The names of settings that are new or have another value, and that make git run a program, read other files, send work
 * elsewhere, or take files for others than they are, without a person asking for it then. What stands in one of the `known`
 * texts as well is no news: git itself copies and moves settings between its files. All others a person may change at any time.
 */
export function changedRisks(text: string, known: readonly string[]): string[] {
  const before = known.flatMap(risksIn);
  const news = risksIn(text).filter(({ key, value }) => {
    return !before.some((it) => it.value === value && (it.key === key || isRenamed(it.key, key)));
  });
  return [...new Set(news.map(({ key }) => key))].toSorted();
}

type Risk = { key: string; value: string };

function risksIn(text: string): Risk[] {
  return parseConfig(text).flatMap(({ key, value }) => {
    const it = { key, value: value ?? "true" };
    return isRisk(it) ? [it] : [];
  });
}

function isRisk({ key, value }: Risk): boolean {
  // A monitor of git's own, and the filters of git-lfs as it writes them.
  if (key === "core.fsmonitor") return !/^(?:true|false|yes|no|on|off|[01]|)$/i.test(value);
  if (key.startsWith("filter.lfs.")) return key !== "filter.lfs.required" && !LFS_COMMANDS.has(value);
  if (/^alias\.|^submodule\..*\.update$/.test(key)) return value.startsWith("!");
  if (key in SOUND) return !isSound(key, value);
  return RISKY.some((it) => it.test(key));
}

/**
 * Settings that every later commit, checkout and merge of everybody goes by, each with the value under which files are what they
 * are: an agent that sets another spoils the work and the checks of all other tasks.
 */
const SOUND: Readonly<Record<string, string>> = {
  "core.autocrlf": "false",
  "core.filemode": "true",
  "core.symlinks": "true",
  "core.trustctime": "true",
  "core.checkstat": "default",
  "merge.default": "text",
  "merge.renames": "true",
  "merge.directoryrenames": "conflict",
  "merge.renormalize": "false",
};

function isSound(key: string, value: string): boolean {
  const word = value.toLowerCase();
  const asWord = /^(?:yes|on|1)$/.test(word) ? "true" : /^(?:no|off|0|)$/.test(word) ? "false" : word;
  return asWord === SOUND[key];
}

// `git remote rename` takes all settings of a remote along.
function isRenamed(old: string, key: string): boolean {
  const rest = (it: string): string | undefined => /^remote\..*\.([^.]*)$/.exec(it)?.[1];
  return rest(old) !== undefined && rest(old) === rest(key);
}

const RISKY = [
  /^core\.(?:hookspath|sshcommand|gitproxy|pager|editor|askpass|alternaterefscommand|worktree|bare)$/,
  /^(?:include|includeif\..*)\.path$/,
  /^filter\..*\.(?:clean|smudge|process)$/,
  /^lfs\.(?:customtransfer\..*\.path|extension\..*\.(?:clean|smudge))$/,
  /^credential\.(?:.*\.)?helper$/,
  /^url\..*\.(?:insteadof|pushinsteadof)$/,
  /^gpg\.(?:.*\.)?(?:program|defaultkeycommand)$/,
  /^protocol\.(?:ext\.)?allow$/,
  /^diff\.(?:external|.*\.(?:command|textconv))$/,
  /^merge\..*\.driver$/,
  /^(?:mergetool|difftool|guitool|man|browser|tar|trailer|hook)\..*\.(?:cmd|command|path)$/,
  /^(?:remote\.pushdefault|branch\..*\.pushremote)$/,
  /^remote\..*\.(?:pushurl|uploadpack|receivepack|vcs)$/,
  /^core\.(?:excludesfile|attributesfile)$/,
  /^(?:sequence\.editor|pager\..*|interactive\.difffilter|sendemail\..*cmd|sendemail\.smtpserver|imap\.tunnel)$/,
];
