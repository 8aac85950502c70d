import { exactOf, isPlain, lineOf, shownAs } from "./said-values.ts";
import { asSaid, lastBlockOf, type Said } from "./verdict-blocks.ts";

/** Something that a message names so that it can be looked up. */
export type Handle =
  | { kind: "file"; path: string; line: number | null; text: string | null; sha256: string | null }
  | { kind: "commit"; sha: string }
  /** `at`: the commit it is to be at, or the beginning of its id. */
  | { kind: "branch"; name: string; at: string | null }
  | { kind: "command"; command: string; exit: number }
  | { kind: "url"; url: string; status: number }
  /** It is meant to be one, and cannot be read: what it says, and why. */
  | { kind: "unread"; said: string; problem: string };

const MESSAGE_CHARACTERS = 1024 * 1024;
const TOO_LONG = `its message has more than ${String(MESSAGE_CHARACTERS)} characters; put them into a shorter one`;
const FENCE = /^[ \t]{0,3}(?:`{3,}|~{3,})[^\r\n]{0,40}\bclaims\b/im;
const MOST_HANDLES = 50;
const VALUE_CHARACTERS = 1000;
const SHA = /^[0-9a-f]{7,64}$/;

const KEYS: Readonly<Record<Exclude<Handle["kind"], "unread">, readonly string[]>> = {
  file: ["file", "line", "text", "sha256"],
  commit: ["commit"],
  branch: ["branch", "at"],
  command: ["command", "exit"],
  url: ["url", "status"],
};

/** The handles in the last `claims` block of a message, as far as they are read; what cannot be read is told, not left out. */
export function readHandles(message: string): readonly Handle[] {
  if (message.length > MESSAGE_CHARACTERS) return FENCE.test(message) ? [unread("its claims", TOO_LONG)] : [];
  const block = lastBlockOf("claims", message);
  if (block === null) return [];
  if ("problem" in block) return [unread("its claims", block.problem)];
  const listed: unknown = asSaid(block.value)?.["claims"] ?? block.value;
  if (!Array.isArray(listed)) return [unread("its claims", `expected a list, not ${shownAs(listed)}`)];
  const all = listed.slice(0, MOST_HANDLES).map((it: unknown) => handleOf(asSaid(it), it));
  const handles = onlyOnce(all);
  const rest = listed.length - MOST_HANDLES;
  return rest > 0
    ? [...handles, unread(`${String(rest)} more claims`, `at most ${String(MOST_HANDLES)} are read`)]
    : handles;
}

// What is claimed twice is looked up once: it may be a command that takes long.
function onlyOnce(all: readonly Handle[]): Handle[] {
  const exits = new Map<string, number>();
  const once = all.map((it) => {
    if (it.kind !== "command") return it;
    const exit = exits.get(it.command) ?? it.exit;
    exits.set(it.command, exit);
    return exit === it.exit ? it : unread(`command: ${it.command}`, `it is said to exit with ${String(exit)} as well`);
  });
  return [...new Map(once.map((it) => [JSON.stringify(it), it])).values()];
}

function handleOf(said: Said | null, value: unknown): Handle {
  if (said === null) return unread(shownAs(value), "expected { file }, { commit }, { branch }, { command } or { url }");
  const problems: string[] = [];
  const text = (key: string): string | null => exactOf(said[key], key, VALUE_CHARACTERS, problems);
  const made = read(said, text, problems);
  const [problem] = problems;
  if (made !== null && made.kind !== "unread" && problem === undefined) {
    const other = Object.keys(said).find((it) => !KEYS[made.kind].includes(it));
    return other === undefined
      ? made
      : unread(`${made.kind}: ${lineOf(said[made.kind], 100) ?? ""}`, unknownKey(other));
  }
  const [first] = Object.entries(said);
  const shown = first === undefined ? "an empty claim" : `${first[0]}: ${lineOf(first[1], 100) ?? shownAs(first[1])}`;
  return unread(shown, problem ?? "expected one of file, commit, branch, command, url");
}

function read(said: Said, text: (key: string) => string | null, problems: string[]): Handle | null {
  const [file, commit, branch, url] = ["file", "commit", "branch", "url"].map(text);
  if (file != null) return fileOf(file, said, text, problems);
  if (commit != null) return { kind: "commit", sha: shaOf(commit, "commit", problems) };
  if (branch != null) {
    const at = text("at");
    return { kind: "branch", name: branch, at: at === null ? null : shaOf(at, "at", problems) };
  }
  const command = commandOf(said["command"], problems);
  if (command !== null)
    return { kind: "command", command, exit: numberOf(said["exit"], "exit", 0, 255, problems) ?? 0 };
  if (url != null) {
    return { kind: "url", url, status: numberOf(said["status"], "status", 100, 599, problems) ?? 200 };
  }
  return null;
}

function fileOf(file: string, said: Said, text: (key: string) => string | null, problems: string[]): Handle {
  // `src/a.ts:12`, as tools write it.
  const [, path = file, anchor = null] = /^(.+?):(\d{1,7})$/.exec(file) ?? [];
  const line = numberOf(said["line"], "line", 1, 10_000_000, problems) ?? (anchor === null ? null : Number(anchor));
  const sha256 = text("sha256")?.toLowerCase() ?? null;
  if (sha256 !== null && !/^[0-9a-f]{64}$/.test(sha256)) problems.push("`sha256` is to be 64 hex digits");
  return { kind: "file", path: path.replace(/^\.\//, ""), line, text: text("text"), sha256 };
}

function commandOf(value: unknown, problems: string[]): string | null {
  if (typeof value !== "string" || value.trim() === "") return null;
  return isPlain(value.trim(), "command", VALUE_CHARACTERS, problems) ? value.trim() : null;
}

function shaOf(value: string, what: string, problems: string[]): string {
  if (!SHA.test(value.toLowerCase())) problems.push(`\`${what}\` is ${shownAs(value)}; expected 7 to 64 hex digits`);
  return value.toLowerCase();
}

function numberOf(value: unknown, what: string, least: number, most: number, problems: string[]): number | null {
  if (value === undefined || value === null || value === "") return null;
  const number = typeof value === "string" && /^\d{1,9}$/.test(value.trim()) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  problems.push(`\`${what}\` is ${shownAs(value)}; expected a number from ${String(least)} to ${String(most)}`);
  return null;
}

function unknownKey(key: string): string {
  return `${shownAs(key)} is nothing that is looked at here`;
}

function unread(said: string, problem: string): Handle {
  return { kind: "unread", said, problem };
}
