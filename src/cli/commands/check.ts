import { collectFindings } from "../check/collect-findings.ts";
import { counted, reportFindings } from "../check/report-findings.ts";
import { sortFindings } from "../check/sort-findings.ts";
import type { Context } from "../context.ts";
import { withBoard } from "../open-board.ts";
import { lintBoard } from "../personas/lint-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Prints what is wrong with the files of the board. Exit code 1 when there is an error, or, with `--ci`, unfinished work. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.check>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { boardRoot } = board;
    const { snapshot } = await readBoard(board);
    const findings = sortFindings([...collectFindings(snapshot, args.ci), ...lintBoard(boardRoot, snapshot)]);
    const looked = counted(snapshot.tasks.length, "task");
    return reportFindings(context, findings, { boardRoot, isJson: args.json, looked });
  });
}
