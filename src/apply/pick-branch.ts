import { branchOf, cycleBranchOf, cycleOfBranch } from "../board/branch.ts";
import type { Effect } from "../decide/action.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, listBranches, moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { preserve } from "../git/preserve-ref.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { noteInContext } from "./context.ts";
import { baseRefOf, branchRefOf, fullRef, type World } from "./world.ts";

type PickEffect = Extract<Effect, { kind: "pick" }>;

/**
 * Makes the branch of one cycle of a round-robin the task's own, to be merged like any other. The others are kept on
 * preserved refs and go; none of them is merged. First everything is safe twice, then the old names go, the picked one last:
 * whatever a crash leaves, doing it again comes to the same end.
 */
export async function pickBranch(world: World, { taskId, cycle }: PickEffect): Promise<void> {
  const repo = world.codeRepo;
  const cycles = await cyclesOf(world, taskId);
  const picked = cycle === null ? null : cycles.get(cycle);
  if (cycles.size === 0 || picked === undefined) return;
  const names = new Set([branchOf(taskId), ...[...cycles.keys()].map((it) => cycleBranchOf(taskId, it))]);
  if (listCheckouts(repo).some(({ branch }) => branch !== null && names.has(branch))) return;
  // Once it is taken over, some of the others may be gone already: what was noted of them stands.
  const isTaken = picked !== null && (await resolveRef(repo, branchRefOf(taskId))) === picked;
  const others = [...cycles].filter(([index]) => index !== cycle);
  const lines =
    cycle === null ? ["- No cycle has changes."] : [`- Cycle ${String(cycle)} is accepted: ${picked ?? ""}`];
  failpoint("apply.pick.before-preserve");
  for (const [index, sha] of others) {
    const ref = await keep(world, taskId, sha);
    if (ref !== null) lines.push(`- Cycle ${String(index)} is kept: \`git log ${ref}\``);
  }
  failpoint("apply.pick.after-preserve");
  // A task that came back with a conflict is picked from once more: where the first lot is kept still stands.
  const heading = cycle === null ? "Picked none" : `Picked cycle ${String(cycle)}`;
  if (!isTaken) noteInContext(world, taskId, { heading, text: lines.join("\n") });
  try {
    if (picked !== null) await takeOver(world, taskId, picked);
    for (const [index, sha] of others) await drop(world, taskId, index, sha);
    failpoint("apply.pick.after-others");
    if (cycle !== null && picked !== null) await drop(world, taskId, cycle, picked);
  } catch (error) {
    // Somebody moved one meanwhile: the next look shows where.
    if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
  }
}

async function takeOver(world: World, taskId: string, sha: string): Promise<void> {
  const repo = world.codeRepo;
  const ref = branchRefOf(taskId);
  const known = await resolveRef(repo, ref);
  if (known === sha) return;
  if (known !== null) await keep(world, taskId, known);
  failpoint("apply.pick.before-branch");
  await moveBranch(repo, ref, known, sha);
  failpoint("apply.pick.after-branch");
}

async function drop(world: World, taskId: string, cycle: number, sha: string): Promise<void> {
  await moveBranch(world.codeRepo, fullRef(cycleBranchOf(taskId, cycle)), sha, null);
}

/** The ref that keeps a commit; null: the base has it. */
async function keep(world: World, taskId: string, sha: string): Promise<string | null> {
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  if (base !== null && (await isAncestor(repo, sha, base))) return null;
  return await preserve(repo, { id: taskId, sha });
}

async function cyclesOf(world: World, taskId: string): Promise<Map<number, string>> {
  const cycles = new Map<number, string>();
  for (const [name, sha] of await listBranches(world.codeRepo, "kanband-cycle/")) {
    const known = cycleOfBranch(name);
    if (known?.taskId === taskId) cycles.set(known.cycle, sha);
  }
  return cycles;
}
