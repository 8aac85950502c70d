import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { LiveBoard } from "../../helpers/live-board.ts";

export type CycleClaim = { cycle: number; attempt: number };

type Version = { next: number; claims: readonly string[] };

/**
 * What the history of the board says was claimed, without the code that claims: `cycle:` and `assigned:` of every committed
 * version of a task. `found`: what must not be.
 */
export async function readClaims(
  board: LiveBoard,
  { task, roster }: { task: string; roster: readonly string[] },
): Promise<{ found: string[]; claims: CycleClaim[]; commits: number }> {
  const found: string[] = [];
  const claims: CycleClaim[] = [];
  const versions = await versionsOf(board, task);
  let before: Version = { next: 0, claims: [] };
  for (const version of versions) {
    const fresh = version.claims.filter((it) => !before.claims.includes(it)).map(readClaim);
    const begun = fresh.filter(({ attempt }) => attempt === 1).map(({ cycle }) => cycle);
    const given = Array.from({ length: version.next - before.next }, (_, index) => before.next + index);
    if (version.next < before.next) found.push(`cycle went from ${before.next} back to ${version.next}`);
    if (begun.join() !== given.join()) {
      found.push(`cycle went from ${before.next} to ${version.next}, and ${begun.join(", ") || "nothing"} was claimed`);
    }
    for (const claim of fresh) {
      const isTwice = claims.some(({ cycle, attempt }) => cycle === claim.cycle && attempt === claim.attempt);
      if (isTwice) found.push(`cycle ${claim.cycle} was claimed twice at attempt ${claim.attempt}`);
      claims.push(claim);
    }
    before = version;
  }
  return { found: [...found, ...wrongPersonas(board, task, roster, before.next)], claims, commits: versions.length };
}

async function versionsOf({ git, boardRoot }: LiveBoard, task: string): Promise<Version[]> {
  const lanes = readdirSync(join(boardRoot, "board"));
  const paths = lanes.map((lane) => `board/${lane}/${task}.md`);
  const log = await git("log", "--reverse", "--format=%H", "--first-parent", "main", "--", ...paths);
  const versions: Version[] = [];
  for (const sha of log.split("\n")) {
    const present = await git("ls-tree", "-r", "--name-only", sha, "--", ...paths);
    if (present === "") continue;
    const text = await git("show", `${sha}:${present.split("\n")[0] ?? ""}`);
    versions.push({
      next: Number(/^cycle: (\d+)$/m.exec(text)?.[1] ?? 0),
      claims: (/^assigned: "?([^"\n]+)"?$/m.exec(text)?.[1] ?? "").split(", ").filter((it) => it !== ""),
    });
  }
  return versions;
}

function readClaim(text: string): CycleClaim {
  const [, cycle, attempt] = /^cycle-(\d+)\/(\d+)@\w+$/.exec(text) ?? [];
  if (cycle === undefined) throw new Error(`no claim of a cycle: ${text}`);
  return { cycle: Number(cycle), attempt: Number(attempt) };
}

function wrongPersonas({ boardRoot }: LiveBoard, task: string, roster: readonly string[], count: number): string[] {
  const names = readdirSync(join(boardRoot, "sessions", task, "cycles")).toSorted();
  const expected = Array.from({ length: count }, (_, cycle) => `${cycle}-${roster[cycle % roster.length]}.md`);
  return names.join() === expected.toSorted().join() ? [] : [`session files: ${names.join(", ")}`];
}
