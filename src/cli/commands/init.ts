import { join } from "node:path";
import { KanbandError } from "../../errors.ts";
import { openRepository, type Repository } from "../../git/repository.ts";
import { listWorktrees } from "../../git/worktrees.ts";
import { OWN_BRANCH_FOLDER } from "../../observe/locate-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { type InitResult, initInline } from "../init/inline.ts";
import { type CiFile, makeCi } from "../init/make-ci.ts";
import { initOwnBranch } from "../init/own-branch.ts";
import { paint } from "../paint.ts";
import { type PlaceOf, placeOf } from "../place-of.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/**
 * Makes a board in the repository of this folder and commits it, and nothing else that may lie about uncommitted.
 * What is there already is left alone, so a second time changes nothing. Throws USAGE when a branch cannot be committed to.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.init>): Promise<number> {
  const repo = await openRepository(context.dir);
  try {
    if (args.branch === "") throw new KanbandError("USAGE", "--branch needs a name");
    const result = args.ci && args.branch === null ? await ownBoard(repo) : await make(repo, args.branch);
    const ci = args.ci ? await makeCi(repo, result.layout === "inline" ? null : result.branch) : null;
    if (args.json) printJson(context.out, ci === null ? result : { ...result, ci });
    else report(context, result, ci);
    return 0;
  } finally {
    await repo.close();
  }
}

async function make(repo: Repository, branch: string | null): Promise<InitResult> {
  return branch === null ? await initInline(repo) : await initOwnBranch(repo, branch);
}

/** The board on a branch of its own that is there; else one at the top. */
async function ownBoard(repo: Repository): Promise<InitResult> {
  const boardRoot = join(repo.top, OWN_BRANCH_FOLDER);
  const own = (await listWorktrees(repo)).find(({ path }) => path === boardRoot)?.branch ?? null;
  return await make(repo, own);
}

function report(
  context: Context,
  { boardRoot, branch, commitSha, made, isCheckedOut }: InitResult,
  ci: readonly CiFile[] | null,
): void {
  const { out } = context;
  if (made.length === 0 && commitSha === null) {
    const there = `There is a board in ${boardRoot} already, on branch ${branch}; nothing was changed.`;
    print(out, isCheckedOut ? `The board on branch ${branch} is checked out in ${boardRoot}.` : there);
  } else {
    const commit = commitSha === null ? "" : `, committed as ${commitSha.slice(0, 7)} on ${branch}`;
    print(out, `${paint(out, "green", "Board ready")} in ${boardRoot}: ${made.length} files${commit}.`);
  }
  for (const { path, outcome } of ci ?? []) print(out, lineOf(path, outcome));
  print(out, "", "Next:");
  for (const [command, meaning] of nextSteps(placeOf(context, boardRoot)))
    print(out, `  ${command.padEnd(42)} ${paint(out, "dim", meaning)}`);
}

function lineOf(path: string, outcome: CiFile["outcome"]): string {
  switch (outcome) {
    case "made":
      return `Made ${path}${path.endsWith(".yml") ? ": commit it, and require its check `board`" : ""}.`;
    case "kept":
      return `Left ${path} as it is.`;
    case "elsewhere":
      return `Made no ${path}: core.hooksPath is set. Let your own run \`kanband check\` (\`--ci\` for merges).`;
  }
}

function nextSteps(place: PlaceOf): [command: string, meaning: string][] {
  return [
    ['kanband new "Say hello" --lane planned', `a task, queued: ${place("board/planned/say-hello.md")}`],
    ["kanband up", "start work on it"],
    ["kanband status", "look at the board; `kanband doctor` at the rest"],
    [`${place("board/README.md")}, ${place("board/board.md")}`, "what moves mean; the settings"],
  ];
}
