import { branchOf, taskIdOfBranch } from "./branch.ts";
import type { Task } from "./task.ts";

const PREFIX = "refs/kanband/stack/";

/**
 * The ref that says which tip of a lower task the branch of an upper one holds: `refs/kanband/stack/<upper>/<lower>`. It keeps
 * that tip, too, whatever becomes of the lower branch.
 */
export function stackRefOf(upperId: string, lowerId: string): string {
  return stackPrefixOf(upperId) + partOf(lowerId);
}

/** How all such refs of one upper task begin, and no others. */
export function stackPrefixOf(upperId: string): string {
  return `${PREFIX}${partOf(upperId)}/`;
}

/** The two tasks that such a ref is about; null for every other ref. Undoes `stackRefOf`, and nothing else. */
export function stackOfRef(ref: string): { upperId: string; lowerId: string } | null {
  const [, upper, lower] = /^refs\/kanband\/stack\/([^/]+)\/([^/]+)$/.exec(ref) ?? [];
  const upperId = upper === undefined ? null : taskIdOfBranch(`kanband/${upper}`);
  const lowerId = lower === undefined ? null : taskIdOfBranch(`kanband/${lower}`);
  return upperId === null || lowerId === null ? null : { upperId, lowerId };
}

/** The names, ids or aliases, of what a task may stand on while it is not merged yet; a branch may be among them. */
export function lowerNames({ base, stack, dependencies }: Pick<Task, "base" | "stack" | "dependencies">): string[] {
  return [...new Set([...(base === null ? [] : [base]), ...(stack ? dependencies : [])])];
}

/** The tasks that such a name may mean. */
export function tasksNamed(
  name: string,
  tasks: readonly { id: string; task: Pick<Task, "aliases"> | null }[],
): readonly string[] {
  return [...new Set(tasks.flatMap(({ id, task }) => (id === name || task?.aliases.includes(name) ? [id] : [])))];
}

function partOf(id: string): string {
  return branchOf(id).slice("kanband/".length);
}
