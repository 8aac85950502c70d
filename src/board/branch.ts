const PREFIX = "kanband/";

/**
 * The branch of a task: `kanband/<id>`, with whatever git refuses in a branch name written as `%` and two hex digits.
 * Always a valid name, and no two ids share one.
 */
export function branchOf(id: string): string {
  return PREFIX + escapeEnds(id.replace(REFUSED, escaped));
}

/** The id of the task a branch belongs to; null for every other branch. Undoes `branchOf`, and nothing else. */
export function taskIdOfBranch(branch: string): string | null {
  const name = branch.replace(/^refs\/heads\//, "");
  if (!name.startsWith(PREFIX)) return null;
  const id = name
    .slice(PREFIX.length)
    .replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return id !== "" && branchOf(id) === name ? id : null;
}

const CYCLE_PREFIX = "kanband-cycle/";

/** The branch of one cycle of a round-robin: `kanband-cycle/<id>/<cycle>`. None of them is ever the branch of a task. */
export function cycleBranchOf(id: string, cycle: number): string {
  return `${cyclePrefixOf(id)}${String(cycle)}`;
}

/** How the branches of all cycles of a task begin, and no others. */
export function cyclePrefixOf(id: string): string {
  return `${CYCLE_PREFIX}${branchOf(id).slice(PREFIX.length)}/`;
}

/** The task and the cycle a branch belongs to; null for every other branch. Undoes `cycleBranchOf`, and nothing else. */
export function cycleOfBranch(branch: string): { taskId: string; cycle: number } | null {
  const [, part, number] = /^(?:refs\/heads\/)?kanband-cycle\/([^/]+)\/(0|[1-9]\d{0,8})$/.exec(branch) ?? [];
  if (part === undefined || number === undefined) return null;
  const taskId = taskIdOfBranch(PREFIX + part);
  return taskId === null ? null : { taskId, cycle: Number(number) };
}

const REFUSED = /[\p{Cc} %~^:?*[\\/]|(?<=\.)\.|@(?=\{)/gu;

function escapeEnds(name: string): string {
  return name
    .replace(/^\./, escaped)
    .replace(/\.(?=lock$)/i, escaped)
    .replace(/\.$/, escaped);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
