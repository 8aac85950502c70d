import type { Finding } from "../../board/finding.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { type Context, print, printJson } from "../context.ts";
import { requireBoardHere } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { type PlaceOf, placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { safe } from "../status/words.ts";
import { drawGraph } from "../workflows/draw-graph.ts";
import { drawMermaid } from "../workflows/draw-mermaid.ts";
import { brokenWorkflows, findWorkflow, type WorkflowFacts, workflowFacts } from "../workflows/workflow-facts.ts";

/** Lists the workflows of the board, or shows the graph of each that is named. Throws WORKFLOW_UNKNOWN, WORKFLOW_INVALID. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.workflows>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    requireBoardHere(snapshot);
    if (args.what === "list") {
      list(context, snapshot, args.json);
      return 0;
    }
    if (args.names.length === 0) throw new KanbandError("USAGE", "name a workflow: `kanband workflows show <name>`");
    const shown = args.names.map((name) => workflowFacts(findWorkflow(name, snapshot), snapshot));
    if (args.json) printJson(context.out, { workflows: shown });
    else
      for (const facts of shown)
        show(context, facts, { isMermaid: args.mermaid, place: placeOf(context, board.boardRoot) });
    return 0;
  });
}

function list({ out }: Context, snapshot: Snapshot, isJson: boolean): void {
  const usable = [...snapshot.workflows.values()].map((it) => workflowFacts(it, snapshot));
  const broken = brokenWorkflows(snapshot);
  if (isJson) {
    printJson(out, { workflows: usable, broken });
    return;
  }
  const rows = [
    ...usable.map((it) => ({ id: it.id, about: aboutOf(it), problem: it.findings.find(isError) ?? null })),
    ...broken.map(({ id, finding }) => ({ id, about: "", problem: finding })),
  ].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const width = Math.max(0, ...rows.map(({ id }) => id.length));
  for (const { id, about, problem } of rows) {
    const why = problem === null ? "" : paint(out, "red", `${about === "" ? "" : ": "}${safe(problem.message)}`);
    print(out, `${problem === null ? "+" : "-"} ${safe(id).padEnd(width)}  ${safe(about)}${why}`);
  }
}

function aboutOf({ description, steps, roundRobin, isDefault }: WorkflowFacts): string {
  const size = roundRobin === null ? counted(steps.length, "step") : counted(roundRobin.personas.length, "persona");
  return `${description}${description === "" ? "" : " "}(${size}${isDefault ? ", default" : ""})`;
}

function counted(count: number, word: string): string {
  return `${String(count)} ${word}${count === 1 ? "" : "s"}`;
}

function show(
  { out }: Context,
  facts: WorkflowFacts,
  { isMermaid, place }: { isMermaid: boolean; place: PlaceOf },
): void {
  if (isMermaid) {
    print(out, ...drawMermaid(facts));
    return;
  }
  print(out, `${paint(out, "bold", facts.id)}  ${safe(facts.description)}`, paint(out, "dim", place(facts.path)), "");
  print(out, ...drawGraph(facts));
  for (const { path, line, severity, message } of facts.findings) {
    const word = paint(out, severity === "error" ? "red" : "yellow", severity);
    print(out, `${place(path)}:${String(line ?? 1)}: ${word} ${safe(message)}`);
  }
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}
