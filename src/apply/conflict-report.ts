import { type ConflictHunk, type HunkSide, readHunks } from "../git/conflict-hunks.ts";
import type { Conflict } from "../git/conflicts.ts";
import { readBlob } from "../git/objects.ts";
import { describeSides } from "./conflict-words.ts";
import type { LandingConflict } from "./make-landing.ts";
import { quote, shorten } from "./quote.ts";
import type { World } from "./world.ts";

// A line of the task's file has to hold it.
const REASON_CHARACTERS = 180;
const LISTED = 50;
const SHOWN = 10;
const HUNKS_A_FILE = 3;
const HUNK_CHARACTERS = 4_000;
const SHOWN_BYTES = 4_000;

/**
 * A conflict for people and for the prompt of the rework: the paths, in which way they conflict and in which lines of the
 * base, what git says, and the lines of both sides.
 */
export async function describeConflict(
  world: World,
  conflict: LandingConflict,
): Promise<{ reason: string; text: string }> {
  const all = conflict.conflicts.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const shown: { it: Conflict; hunks: readonly ConflictHunk[] | null }[] = [];
  for (const it of all.slice(0, SHOWN)) shown.push({ it, hunks: await readHunks(world.codeRepo, conflict, it) });
  const names = all.map((it, index) => `${it.path}${placeOf(it, shown[index]?.hunks ?? null)}`);
  const lines = all.slice(0, LISTED).map((it, index) => {
    return `- \`${it.path}\` (${it.kind}): ${describeSides(it, shown[index]?.hunks ?? null)}`;
  });
  const more = all.length > LISTED ? [`- and ${all.length - LISTED} more`] : [];
  const parts: string[] = [];
  for (const { it, hunks } of shown) {
    parts.push(hunks === null ? await showSides(world, it) : showHunks(it, hunks));
  }
  const text = [[...lines, ...more].join("\n"), quote("Git says:", conflict.text), ...parts];
  return { reason: `conflict in ${inOneLine(names)}`, text: text.filter((it) => it !== "").join("\n\n") };
}

/** As many as one line may hold, at least one. */
function inOneLine(names: readonly string[]): string {
  let line = names[0] ?? "";
  for (const [index, name] of names.entries()) {
    if (index === 0) continue;
    if (line.length + name.length > REASON_CHARACTERS) return `${line} and ${names.length - index} more`;
    line += `, ${name}`;
  }
  return line;
}

/** `:12-18`, the lines in the base's version, which is what people see; or the kind, where there are none. */
function placeOf({ kind }: Conflict, hunks: readonly ConflictHunk[] | null): string {
  if (hunks === null) return kind === "content" ? "" : ` (${kind})`;
  const ranges = hunks.slice(0, HUNKS_A_FILE).map(({ ours }) => rangeOf(ours));
  return `:${ranges.join(",")}${hunks.length > HUNKS_A_FILE ? ",…" : ""}`;
}

function rangeOf({ first, lines }: HunkSide): string {
  return lines.length < 2 ? `${first}` : `${first}-${first + lines.length - 1}`;
}

function showHunks({ path }: Conflict, hunks: readonly ConflictHunk[]): string {
  const parts = hunks
    .slice(0, HUNKS_A_FILE)
    .flatMap(({ ours, theirs }) => [
      showHunk(`\`${path}:${rangeOf(ours)}\`, as the base has it:`, ours),
      showHunk(`\`${path}:${rangeOf(theirs)}\`, as the branch has it:`, theirs),
    ]);
  const left = hunks.length - HUNKS_A_FILE;
  return [...parts, ...(left > 0 ? [`${left} more of \`${path}\` are not shown.`] : [])].join("\n");
}

function showHunk(label: string, { lines }: HunkSide): string {
  return quote(label, lines.length === 0 ? "(nothing)" : shorten(lines.join("\n"), HUNK_CHARACTERS));
}

/** Both sides whole, where no markers can show what is in conflict and they are short texts. */
async function showSides({ codeRepo }: World, { path, ours, theirs }: Conflict): Promise<string> {
  const shown: string[] = [];
  for (const [who, side] of [["the base has", ours] as const, ["the branch has", theirs] as const]) {
    const bytes = side === null ? null : await readBlob(codeRepo, side.sha);
    if (bytes === null || bytes.length > SHOWN_BYTES || bytes.includes(0)) continue;
    shown.push(quote(`\`${path}\`, as ${who} it:`, bytes.toString("utf8")));
  }
  return shown.join("\n");
}
