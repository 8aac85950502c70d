import { failpoint } from "../files/failpoint.ts";
import type { Link } from "./chain-landings.ts";
import { mergedOutcome, writeMerge } from "./merge-session.ts";
import { type RedRun, readResults, type TreeResult } from "./tree-results.ts";
import type { World } from "./world.ts";

/** `commitSha` null: the base held it already. */
type Landed = Pick<Link, "part"> & Partial<Omit<Link, "commitSha">> & { commitSha: string | null };

/** Writes what came of the tasks that one swap brought into the base, and what they were tried with. */
export function recordMerged(world: World, landed: readonly Landed[]): void {
  const [first] = landed;
  const last = landed.at(-1);
  if (first === undefined || last === undefined) return;
  const result = readResults(world, first.part.subject.taskId).get(last.key ?? "") ?? null;
  for (const { part, commitSha, note = null } of landed) {
    const outcome = mergedOutcome(commitSha, note);
    const tested = testedWith(last, landed, part.subject.taskId, result);
    writeMerge(world, part.subject, { ...outcome, text: `${outcome.text}${tested}` });
    failpoint("apply.batch.after-record");
  }
}

/** Tells the one task that makes a batch red what its checks said; those before it are in the base by now. */
export function recordRed(
  world: World,
  links: readonly Link[],
  { count, red }: { count: number; red: TreeResult | null },
): void {
  const culprit = links[count];
  const last = red?.red.at(-1);
  if (culprit === undefined || last === undefined) return;
  const before = links.slice(0, count).map(({ part }) => `\`${part.subject.taskId}\``);
  const upon = before.length === 0 ? "" : ` and of ${before.join(", ")}, merged right before it`;
  const times = red !== null && red.red.length > 1 ? `\n\nIt was tried ${red.red.length} times.` : "";
  const text = `On the merged tree: its branch upon that of the base${upon}.${times}\n\n${last.text}`;
  const reason = `${last.reason}${ownerOf(world, links.slice(0, count + 1), last)}`;
  writeMerge(world, culprit.part.subject, { verdict: "checks-failed", reason, text });
}

/** Whose command it was, where it is neither the board's nor that of the last of these, whom it speaks against. */
function ownerOf(world: World, links: readonly Link[], { command = null }: RedRun): string {
  if (command === null || world.settings().verify.includes(command)) return "";
  const owners = links.filter(({ part }) => part.verify.includes(command));
  if (owners.length === 0 || owners.at(-1) === links.at(-1)) return "";
  return ` (\`verify\` of ${owners.map(({ part }) => part.subject.taskId).join(", ")}, merged right before it)`;
}

/** Says of the first task that its merge waits for a person to clear these files of a checkout of the base. */
export function recordDirty(world: World, { part }: Link, files: readonly string[]): void {
  // One that is in the midst of something has no files that could be named.
  const [busy] = files.flatMap((it) => /^\((.* (?:is in progress in|is locked,) .*)\)$/.exec(it)?.[1] ?? []);
  const reason = busy ?? `unsaved changes in ${files.join(", ")}`;
  const lines = files.map((it) => `- ${it.includes("`") ? it : `\`${it}\``}`).join("\n");
  const what = `Commit, stash, undo or move away these files:\n\n${lines}`;
  const text = busy === undefined ? what : `Finish or abort it: ${busy}.`;
  writeMerge(world, part.subject, { verdict: "waiting", reason, text });
}

/** Says of the first task what a person has to do before the base can move. */
export function recordHeld(world: World, { part }: Link, reason: string): void {
  writeMerge(world, part.subject, { verdict: "waiting", reason, text: `Nothing was merged: ${reason}.` });
}

function testedWith(last: Landed, landed: readonly Landed[], taskId: string, result: TreeResult | null): string {
  const { commands = [], tree } = last;
  if (commands.length === 0) return "";
  const others = landed.map(({ part }) => part.subject.taskId).filter((id) => id !== taskId);
  const together = others.length === 0 ? "" : `, together with ${others.map((id) => `\`${id}\``).join(", ")}`;
  const list = commands.map((it) => `- \`${it.replaceAll("\n", " ")}\``).join("\n");
  const tested = `\n\nVerified before that on the tree ${tree ?? ""}${together}:\n\n${list}`;
  const red = result?.red.at(-1);
  if (red === undefined) return tested;
  return `${tested}\n\nFlaky: it failed${times(result?.red.length ?? 1)}, then passed on the same tree. What the red try said: ${red.reason}\n\n${red.text}`;
}

function times(count: number): string {
  return count === 1 ? " once" : ` ${count} times`;
}
