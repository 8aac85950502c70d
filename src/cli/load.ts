import type { Args } from "./args.ts";
import type { Context } from "./context.ts";
import type { CommandName } from "./specs.ts";

/** Carries a command out and answers its exit code. */
export type Run = (context: Context, args: never) => Promise<number>;

/** Where each command lives; a module is loaded only when its command is called. */
const MODULES: Readonly<Record<CommandName, () => Promise<{ run: Run }>>> = {
  init: () => import("./commands/init.ts"),
  up: () => import("./commands/up.ts"),
  down: () => import("./commands/down.ts"),
  status: () => import("./commands/status.ts"),
  why: () => import("./commands/why.ts"),
  new: () => import("./commands/new.ts"),
  move: () => import("./commands/move.ts"),
  stop: () => import("./commands/stop.ts"),
  approve: () => import("./commands/approve.ts"),
  accept: () => import("./commands/accept.ts"),
  pr: () => import("./commands/pr.ts"),
  rework: () => import("./commands/rework.ts"),
  undo: () => import("./commands/undo.ts"),
  show: () => import("./commands/show.ts"),
  log: () => import("./commands/log.ts"),
  preserved: () => import("./commands/preserved.ts"),
  report: () => import("./commands/report.ts"),
  check: () => import("./commands/check.ts"),
  agents: () => import("./commands/agents.ts"),
  personas: () => import("./commands/personas.ts"),
  workflows: () => import("./commands/workflows.ts"),
  doctor: () => import("./commands/doctor.ts"),
  demo: () => import("./commands/demo.ts"),
  completion: () => import("./commands/completion.ts"),
};

/** The command of that name, ready to be called with normalised arguments. */
export async function loadCommand(name: CommandName): Promise<(context: Context, args: Args) => Promise<number>> {
  const { run } = await MODULES[name]();
  // `normaliseArgs` has made exactly what the command's `ArgsOf` describes, from the same table.
  return (context, args) => run(context, args as never);
}
