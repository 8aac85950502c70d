import { agentFacts } from "../agents/agent-facts.ts";
import { checkAgents } from "../agents/check-agents.ts";
import { type Context, print, printJson } from "../context.ts";
import { checkIsolation, isolationOf } from "../doctor/isolation.ts";
import { reportChecks } from "../doctor/report-checks.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/**
 * Lists the agents that could be used, or looks each over and says what holds them. `doctor` exits with 1 when one that a slot
 * names cannot be used.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.agents>): Promise<number> {
  const isDoctor = args.what === "doctor";
  const { facts, isolation } = await withBoard(context.dir, async (board) => {
    const where = { boardRoot: board.boardRoot, env: context.env };
    const reading = await readBoard(board);
    return {
      facts: await agentFacts(reading, where, { isAsked: isDoctor }),
      isolation: isDoctor ? await isolationOf(reading.snapshot.settings) : [],
    };
  });
  if (!isDoctor) {
    if (args.json) printJson(context.out, { agents: facts });
    else list(context, facts);
    return 0;
  }
  const checks = [...checkAgents(facts), ...checkIsolation(isolation)];
  const isOk = checks.every(({ state }) => state !== "fail");
  if (args.json) printJson(context.out, { isOk, checks, agents: facts, isolation });
  else reportChecks(context, checks);
  return isOk ? 0 : 1;
}

function list({ out }: Context, facts: Awaited<ReturnType<typeof agentFacts>>): void {
  const width = Math.max(...facts.map(({ name }) => name.length));
  for (const { name, title, problem, slots, parked } of facts) {
    const state = problem !== null ? "-" : parked.length > 0 ? "p" : "+";
    const where = slots.length === 0 ? "" : `; slot ${slots.join(", ")}`;
    const why = problem ?? parked.map(({ reason }) => reason).join("; ");
    print(out, `${state} ${name.padEnd(width)}  ${title}${where}${why === "" ? "" : paint(out, "dim", `: ${why}`)}`);
  }
}
