/** What one side has at a path with a conflict. `path`: where the merged tree holds it, for one that was renamed or set beside. */
export type ConflictSide = { path: string; mode: string; sha: string };

export type Conflict = {
  path: string;
  /**
   * In words: `content`, `add/add`, `delete/modify`, `rename/rename`, `rename/delete`, `mode`, `link`, `binary`, `submodule`,
   * `file/directory`; anything else as git calls it.
   */
  kind: string;
  /** The common ancestor's; null: it has none. */
  base: ConflictSide | null;
  ours: ConflictSide | null;
  theirs: ConflictSide | null;
};

type Found = Omit<Conflict, "kind" | "path"> & { types: Set<string> };

/**
 * Reads what `git merge-tree -z --messages` says of a merge with conflicts: one entry a path that people know. Files that git
 * set beside it (`a~<label>`), and the two names of one that both sides renamed, belong to that path.
 */
export function parseConflicts(
  parts: readonly string[],
  labels: readonly string[],
): { conflicts: Conflict[]; text: string } {
  const end = parts.indexOf("", 1);
  const found = new Map<string, Found>();
  const at = (path: string): Found => {
    const known = canonical(path, labels);
    const entry = found.get(known) ?? { base: null, ours: null, theirs: null, types: new Set() };
    found.set(known, entry);
    return entry;
  };
  for (const part of parts.slice(1, end)) {
    const [mode = "", sha = "", stage = ""] = part.slice(0, part.indexOf("\t")).split(" ");
    const path = part.slice(part.indexOf("\t") + 1);
    const side = STAGES[stage];
    if (side !== undefined) at(path)[side] = { path, mode, sha };
  }
  const messages = parseMessages(parts.slice(end + 1));
  for (const { type, paths } of messages) {
    if (type === null) continue;
    const known = [...new Set(paths.map((it) => canonical(it, labels)))];
    const own = type === "rename/rename" ? foldRename(found, known) : known.filter((it) => found.has(it));
    for (const path of own.length > 0 ? own : known) at(path).types.add(type);
  }
  const conflicts = [...found].map(([path, { types, ...sides }]) => ({ path, kind: kindOf(types, sides), ...sides }));
  return { conflicts, text: messages.map(({ text }) => text).join("\n") };
}

const STAGES: Readonly<Record<string, "base" | "ours" | "theirs">> = { "1": "base", "2": "ours", "3": "theirs" };

/** `a~main` is `a` where `main` names a side: git set it beside what else wants that name. */
function canonical(path: string, labels: readonly string[]): string {
  for (const label of labels) {
    const mark = path.lastIndexOf(`~${label.replaceAll("/", "_")}`);
    if (mark > 0 && /^(?:_\d+)?$/.test(path.slice(mark + 1 + label.length))) return path.slice(0, mark);
  }
  return path;
}

// One file, two new names: each of them is a side of the old one.
function foldRename(found: Map<string, Found>, paths: readonly string[]): string[] {
  const old = paths.find((it) => {
    const entry = found.get(it);
    return entry !== undefined && entry.base !== null && entry.ours === null && entry.theirs === null;
  });
  const entry = old === undefined ? undefined : found.get(old);
  if (old === undefined || entry === undefined) return paths.filter((it) => found.has(it));
  for (const path of paths.filter((it) => it !== old)) {
    const other = found.get(path);
    if (other === undefined || other.base !== null || (other.ours !== null && other.theirs !== null)) continue;
    entry.ours ??= other.ours;
    entry.theirs ??= other.theirs;
    found.delete(path);
  }
  return [old];
}

const SUBMODULE = "160000";
const LINK = "120000";

function kindOf(types: ReadonlySet<string>, { base, ours, theirs }: Omit<Found, "types">): string {
  const modes = [base, ours, theirs].flatMap((it) => it?.mode ?? []);
  if (modes.includes(SUBMODULE)) return "submodule";
  for (const [type, kind] of NAMED) if (types.has(type)) return kind;
  const other = [...types].find((it) => it !== "contents");
  if (other !== undefined) return other;
  if (ours !== null && theirs !== null && ours.sha === theirs.sha) return "mode";
  if (modes.includes(LINK)) return "link";
  return base === null && ours !== null && theirs !== null ? "add/add" : "content";
}

// In the order in which one says more than another.
const NAMED = [
  ["rename/rename", "rename/rename"],
  ["rename/delete", "rename/delete"],
  ["modify/delete", "delete/modify"],
  ["distinct modes", "mode"],
  ["file/directory", "file/directory"],
  ["binary", "binary"],
] as const;

type Message = { paths: readonly string[]; type: string | null; text: string };

// `<number of paths>`, the paths, `<type>`, `<text>`, again and again.
function parseMessages(parts: readonly string[]): Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < parts.length; ) {
    const count = Number(parts[at]);
    if (!Number.isInteger(count) || parts[at] === "") break;
    const type = /^CONFLICT \((.+)\)$/.exec(parts[at + 1 + count] ?? "")?.[1] ?? null;
    const text = (parts[at + 2 + count] ?? "").trim();
    messages.push({ paths: parts.slice(at + 1, at + 1 + count), type, text });
    at += 3 + count;
  }
  return messages;
}
