import type { Finding } from "../../board/finding.ts";
import { collectFindings } from "../check/collect-findings.ts";
import { type Context, print, printJson } from "../context.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { type PlaceOf, placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { safe } from "../status/words.ts";

/** Prints what is wrong with the files of the board. Exit code 1 when there is an error, or, with `--ci`, unfinished work. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.check>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const findings = collectFindings(snapshot, args.ci);
    const errorCount = findings.filter(({ severity }) => severity === "error").length;
    const warningCount = findings.length - errorCount;
    if (args.json) printJson(context.out, { isOk: errorCount === 0, errorCount, warningCount, findings });
    else report(context, findings, { taskCount: snapshot.tasks.length, place: placeOf(context, board.boardRoot) });
    return errorCount === 0 ? 0 : 1;
  });
}

function report(
  { out }: Context,
  findings: readonly Finding[],
  { taskCount, place }: { taskCount: number; place: PlaceOf },
): void {
  for (const { path, line, severity, code, message, hint } of findings) {
    const word = paint(out, severity === "error" ? "red" : "yellow", severity);
    print(out, `${place(path)}:${line ?? 1}: ${word} ${paint(out, "dim", code)} ${safe(message)}`);
    if (hint !== null) print(out, paint(out, "dim", `    ${safe(hint)}`));
  }
  const tasks = `${taskCount} ${taskCount === 1 ? "task" : "tasks"}`;
  if (findings.length === 0) print(out, `${paint(out, "green", "ok")} ${tasks}, nothing wrong`);
}
