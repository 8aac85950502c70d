import { KanbandError } from "../../errors.ts";
import { type Context, printJson } from "../context.ts";
import { checkBoard } from "../doctor/board.ts";
import { type CheckUp, fail } from "../doctor/check-up.ts";
import { checkMachine } from "../doctor/machine.ts";
import { reportChecks } from "../doctor/report-checks.ts";
import { withBoard } from "../open-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Looks over the machine and the board: one line a check. Exit code 1 when one fails; writes nothing. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.doctor>): Promise<number> {
  const checks = [...(await checkMachine(context.dir)), ...(await checkHere(context.dir))];
  const isOk = checks.every(({ state }) => state !== "fail");
  if (args.json) printJson(context.out, { isOk, checks });
  else reportChecks(context, checks);
  return isOk ? 0 : 1;
}

// Without a board there is still something to say, and that is why.
async function checkHere(dir: string): Promise<CheckUp[]> {
  try {
    return await withBoard(
      dir,
      async (board) => await checkBoard(board, (await readBoard(board)).snapshot, Date.now()),
    );
  } catch (error) {
    if (error instanceof KanbandError) return [fail("board", error.message, error.hint)];
    throw error;
  }
}
