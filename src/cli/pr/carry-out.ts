import { landRequest, type RequestLanding } from "../../apply/land-request.ts";
import { intoAnother } from "../../apply/path-refusals.ts";
import type { Lane } from "../../board/lane.ts";
import { parsePullRequest } from "../../board/pull-request.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { holds } from "../../git/holds.ts";
import { fetchBranch, pushBranch } from "../../git/remote.ts";
import type { Board } from "../../observe/open-board.ts";
import type { Context } from "../context.ts";
import { findMovableTask } from "../find-task.ts";
import { moveTask } from "../move-task.ts";
import { readBoard } from "../read-board.ts";
import { type AskedForge, findRequest, openRequest } from "./ask-forge.ts";
import type { Request } from "./forge.ts";
import { requestBody } from "./request-body.ts";
import { writeRequest } from "./write-request.ts";

/** A task with a branch that may be shown; `base` is a short name. */
export type Ready = {
  context: Context;
  board: Board;
  snapshot: Snapshot;
  view: TaskView;
  branch: string;
  base: string;
  tip: string;
};

export type Requested = Ready & { remote: string; asked: AskedForge };

/** What came of it. `preserved`: the ref that keeps what the base does not hold of the branch. */
export type Done = {
  url: string;
  state: Request["state"];
  isNew: boolean;
  isPushed: boolean;
  landedAs: string | null;
  preserved: string | null;
  lane: Lane;
};

/** Opens a request, or goes on with the one that is there; `sync` pushes and opens nothing. */
export async function carryOut(it: Requested, { sync }: { sync: boolean }): Promise<Done> {
  const { context, board, view, branch, tip, remote, asked } = it;
  const known = parsePullRequest(view.task?.pr ?? null);
  const found = await findRequest(context, asked, { branch, url: known?.url ?? null });
  const request = found === null || isOfBefore(found, it, known !== null) ? null : found;
  const done = { isNew: false, isPushed: false, landedAs: null, preserved: null, lane: view.lane };
  if (request === null) {
    if (sync) throw notReady(`'${view.id}' has no pull request yet`, `\`kanband pr ${view.id}\` opens one.`);
    await pushBranch(board.codeRepo, { remote, branch }, context.env);
    const url = await openRequest(context, asked, newRequest(it));
    await writeRequest(board, view.id, { url, landedAs: null, isClosed: false });
    return { ...done, url, state: "open", isNew: true, isPushed: true };
  }
  const { url, state } = request;
  if (state === "merged") return { ...done, ...(await land(it, request)), url, state };
  const isPushed = state === "open" && !sync && request.headSha !== tip;
  if (isPushed) await pushBranch(board.codeRepo, { remote, branch }, context.env);
  await writeRequest(board, view.id, { url, landedAs: null, isClosed: state === "closed" });
  return { ...done, url, state, isPushed };
}

/** One that nobody wrote down, and that is over: closed, or merged with other work than there is now. */
function isOfBefore({ state, headSha }: Request, { tip }: Ready, isKnown: boolean): boolean {
  return !isKnown && (state === "closed" || (state === "merged" && headSha !== tip));
}

function newRequest({ board, snapshot, view, branch, base }: Ready) {
  const title = view.task?.title ?? view.id;
  return { branch, base, title, body: requestBody(board.boardRoot, snapshot, view) };
}

/** The base goes first, then the key, then the file: until the base holds the work, the task is not done. */
async function land(
  it: Requested,
  { url, landing, headSha }: Request,
): Promise<Pick<Done, "landedAs" | "preserved" | "lane">> {
  const { context, board, view, base, tip, remote } = it;
  const { codeRepo } = board;
  if (landing === null) throw new KanbandError("FORGE_FAILED", `${url} is merged, and no commit is named`);
  const remoteSha = await fetchBranch(codeRepo, { remote, branch: base }, context.env);
  const isWhole = headSha === tip || (await isIn(it, headSha)) || (await holds(codeRepo, remoteSha, tip));
  if (!isWhole) {
    const hint = `To open another for them take \`pr:\` out of the file, then \`kanband pr ${view.id}\`.`;
    throw notReady(`${it.branch} has commits that ${url} did not have when it was merged`, hint);
  }
  const landed = await landRequest(board, {
    taskId: view.id,
    tip,
    baseRef: `refs/heads/${base}`,
    remoteSha,
    landing,
  });
  if (landed.state !== "landed") throw refusal(it, { url, landing, landed });
  await writeRequest(board, view.id, { url, landedAs: landing, isClosed: false });
  const { snapshot } = await readBoard(board);
  const { to } = moveTask(board, findMovableTask(board, snapshot, view.id), "done");
  return { landedAs: landing, preserved: landed.preserved, lane: to };
}

// Others may have pushed to the branch after us, and the forge may have deleted it.
async function isIn({ context, board, branch, tip, remote }: Requested, headSha: string | null): Promise<boolean> {
  if (headSha === null) return false;
  if (await holds(board.codeRepo, headSha, tip)) return true;
  const there = await fetchBranch(board.codeRepo, { remote, branch }, context.env).catch(() => null);
  return there !== null && (await holds(board.codeRepo, there, headSha)) && (await holds(board.codeRepo, headSha, tip));
}

function refusal(
  { view, base, remote }: Requested,
  it: { url: string; landing: string; landed: Exclude<RequestLanding, { state: "landed" }> },
): KanbandError {
  const { url, landing, landed } = it;
  const merged = `${url} is merged as ${landing.slice(0, 12)}`;
  if (landed.state === "missing") return notReady(`${merged}, which ${remote}/${base} does not hold`);
  if (landed.state === "nested") return notReady(`${merged}; ${base} cannot follow: ${intoAnother(landed.files)}`);
  const again = `then \`kanband pr ${view.id} --sync\``;
  if (landed.state === "held")
    return new KanbandError("BASE_DIRTY", `${merged}; ${base} cannot follow: ${landed.reason}`, {
      hint: `First that, ${again}.`,
    });
  if (landed.state === "dirty") {
    const files = landed.files.join(", ");
    const hint = `Commit, stash or undo them, ${again}.`;
    return new KanbandError("BASE_DIRTY", `${merged}; ${base} cannot follow: unsaved changes in ${files}`, { hint });
  }
  const hint = `Bring the two together where ${base} is checked out (\`git pull --no-rebase ${remote} ${base}\`), ${again}.`;
  const message = `${merged}; ${base} and ${remote}/${base} have each what the other lacks, and nothing was changed`;
  return new KanbandError("BASE_DIVERGED", message, { hint });
}

function notReady(message: string, hint?: string): KanbandError {
  return new KanbandError("PR_NOT_READY", message, hint === undefined ? {} : { hint });
}
