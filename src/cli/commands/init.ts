import { KanbandError } from "../../errors.ts";
import { openRepository } from "../../git/repository.ts";
import { type Context, print, printJson } from "../context.ts";
import { type InitResult, initInline } from "../init/inline.ts";
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
    const result = args.branch === null ? await initInline(repo) : await initOwnBranch(repo, args.branch);
    if (args.json) printJson(context.out, result);
    else report(context, result);
    return 0;
  } finally {
    await repo.close();
  }
}

function report(context: Context, { boardRoot, branch, commitSha, made, isCheckedOut }: InitResult): void {
  const { out } = context;
  if (made.length === 0 && commitSha === null) {
    const there = `There is a board in ${boardRoot} already, on branch ${branch}; nothing was changed.`;
    print(out, isCheckedOut ? `The board on branch ${branch} is checked out in ${boardRoot}.` : there);
  } else {
    const commit = commitSha === null ? "" : `, committed as ${commitSha.slice(0, 7)} on ${branch}`;
    print(out, `${paint(out, "green", "Board ready")} in ${boardRoot}: ${made.length} files${commit}.`);
  }
  print(out, "", "Next:");
  for (const [command, meaning] of nextSteps(placeOf(context, boardRoot)))
    print(out, `  ${command.padEnd(42)} ${paint(out, "dim", meaning)}`);
}

function nextSteps(place: PlaceOf): [command: string, meaning: string][] {
  return [
    ['kanband new "Say hello" --lane planned', `a task, queued: ${place("board/planned/say-hello.md")}`],
    ["kanband up", "start work on it"],
    ["kanband status", "look at the board; `kanband doctor` at the rest"],
    [`${place("board/README.md")}, ${place("board/board.md")}`, "what moves mean; the settings"],
  ];
}
