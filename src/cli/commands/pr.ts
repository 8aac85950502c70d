import { branchOf } from "../../board/branch.ts";
import { parsePullRequest } from "../../board/pull-request.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import { indexBoard } from "../../decide/board-index.ts";
import { unmergedDependencies } from "../../decide/dependencies.ts";
import type { TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { resolveRef } from "../../git/head.ts";
import { listRemotes } from "../../git/remote.ts";
import { type Context, print, printJson } from "../context.ts";
import { findMovableTask } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { carryOut } from "../pr/carry-out.ts";
import { findForge } from "../pr/find-forge.ts";
import { reportByHand, reportRequest } from "../pr/report-request.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { safe } from "../status/words.ts";

/**
 * Pushes the branch of a task and opens a pull request, with the person's own git and login; for one that is there pushes what
 * is new, and once the forge has merged it brings the base along and moves the task to `done/`. Throws PR_NOT_READY,
 * PR_NO_BRANCH, PUSH_REJECTED, REMOTE_FAILED, FORGE_LOGIN, FORGE_FAILED, BASE_DIVERGED, BASE_DIRTY, USAGE, TASK_UNKNOWN.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.pr>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const view = findMovableTask(board, snapshot, args.task);
    const branch = branchOf(view.id);
    const tip = await resolveRef(board.codeRepo, `refs/heads/${branch}`);
    if (tip === null && isOver(view)) return reportOver(context, view, args.json);
    const base = (snapshot.settings ?? DEFAULTS).base.replace(/^refs\/heads\//, "");
    const all = await listRemotes(board.codeRepo, base, context.env);
    const remote = args.remote === null ? all[0] : all.find(({ name }) => name === args.remote);
    if (args.remote !== null && remote === undefined)
      throw new KanbandError("USAGE", `no remote '${args.remote}'`, { hint: "`git remote -v` lists them." });
    const found = findForge(remote?.url ?? null, args.forge);
    const below = args.sync ? [] : unmergedDependencies(view, indexBoard(snapshot));
    if (tip !== null && below.length > 0) throw standsOn(view.id, below);
    const ready = { context, board, snapshot, view, branch, base, tip: tipOf(view, tip) };
    if (remote === undefined || found.forge === null || !found.isHere)
      return reportByHand(ready, { remote: remote ?? null, found, json: args.json });
    const { forge, place } = found;
    const done = await carryOut(
      { ...ready, remote: remote.name, asked: { forge, place, dir: board.codeRepo.top } },
      args,
    );
    reportRequest(ready, done, args.json);
    return 0;
  });
}

/** The tip to push, if it is time for it. */
function tipOf({ id, lane }: TaskView, tip: string | null): string {
  if (tip === null) {
    const what = lane === "done" ? "it is merged already, or nobody worked on it" : "nobody has worked on it yet";
    throw new KanbandError("PR_NO_BRANCH", `'${id}' has no branch ${branchOf(id)}: ${what}`);
  }
  if (lane === "for_review" || lane === "blocked" || lane === "done") return tip;
  const hint = `Wait for it, or \`kanband move ${id} for_review\` if its branch is to be shown as it is.`;
  throw new KanbandError("PR_NOT_READY", `'${id}' is in ${lane}/, not in for_review/`, { hint });
}

function standsOn(id: string, below: readonly string[]): KanbandError {
  const names = below.map((it) => `'${it}'`).join(", ");
  const message = `'${id}' is merged after ${names}: a request now would bring along what nobody has accepted`;
  const hint = `Accept ${below[0] ?? ""}, or \`kanband pr ${below[0] ?? ""}\`; once it is merged, \`kanband pr ${id}\` again.`;
  return new KanbandError("PR_NOT_READY", message, { hint });
}

function isOver({ lane, task }: TaskView): boolean {
  return lane === "done" && parsePullRequest(task?.pr ?? null)?.landedAs != null;
}

function reportOver({ out }: Context, { id, task }: TaskView, json: boolean): number {
  const { url = "", landedAs = null } = parsePullRequest(task?.pr ?? null) ?? {};
  if (json) printJson(out, { task: id, url, state: "merged", landedAs, lane: "done" });
  else print(out, `${safe(id)} is done: ${safe(url)} was merged as ${(landedAs ?? "").slice(0, 12)}.`);
  return 0;
}
