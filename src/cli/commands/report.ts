import { type Context, print, printJson } from "../context.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { collectReport, type ReportFacts } from "../report/collect-report.ts";
import { drawReport } from "../report/draw-report.ts";
import { parseSince } from "../report/parse-since.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { print as printLine } from "../status/line.ts";
import { formatCost, safe } from "../status/words.ts";

/**
 * Sums what runs cost, from the session files and their earlier versions in git. Reads only. Throws USAGE for a time that is
 * none, TASK_UNKNOWN for a task of which nothing is left.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.report>): Promise<number> {
  const since = args.since === null ? null : parseSince(args.since, Date.now());
  return await withBoard(context.dir, async (board) => {
    const facts = await collectReport(board, args.task, since);
    if (args.json) printJson(context.out, { ...facts, since: since === null ? null : new Date(since).toISOString() });
    else report(context, facts, since);
    return 0;
  });
}

function report({ out }: Context, facts: ReportFacts, since: number | null): void {
  const { counted, check, task } = facts;
  const of = task === null ? "" : ` of ${safe(task)}`;
  const from = since === null ? "" : ` since ${new Date(since).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const { present, earlier, running } = counted;
  const count = present + earlier;
  const runs = `${count} ${count === 1 ? "run" : "runs"}${of}${from}`;
  print(out, `${runs}: ${present} in session files, ${earlier} of earlier attempts as git has them.`);
  if (running > 0) print(out, `${running} still going on: not counted.`);
  if (count === 0) return;
  print(out, "", ...drawReport(facts).map((line) => printLine(line, out.hasColor)));
  if (check === null) return;
  const { spentUsd, earlierAttemptsUsd: rest } = check;
  // Less than a cent is what rounding leaves.
  const more =
    Math.abs(rest) < 0.005
      ? ""
      : rest > 0
        ? `; ${formatCost(rest)} of it are earlier attempts that no file tells of`
        : `; ${formatCost(-rest)} are not written there yet`;
  print(out, "", paint(out, "dim", `The tasks say \`spent_usd\` ${formatCost(spentUsd)}${more}.`));
}
