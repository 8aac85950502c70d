import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { editFrontMatter } from "../../board/front-matter.ts";
import { formatInstant } from "../../board/instant.ts";
import { oneLine } from "../../board/text.ts";
import { readDaemon } from "../../controller/control.ts";
import { type Approval, approvalOf } from "../../decide/approval.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { blobSha, editFileDurably } from "../../files/durable.ts";
import { readUserName } from "../../git/user-name.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { findMovableTask } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { hasQuestion } from "../status/next-steps.ts";
import { stepViews } from "../status/step-views.ts";
import { safe, whoDoes } from "../status/words.ts";

/**
 * Writes into a task that a person approves what it waits for. A plan is named by the id of what it says, so that the approval
 * ends with the plan. Throws USAGE when the task waits for no approval.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.approve>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const who = await whoApproves(board);
    const approved = await approve(board, args.task, who);
    if (args.json) printJson(context.out, { ...factsOf(approved), isDaemonAlive: isDaemonAlive(board) });
    else report(context, board, approved);
    return 0;
  });
}

type Approved = { view: TaskView; snapshot: Snapshot; approval: Approval; text: string };

const TRIES = 3;

// Between the look and the edit the daemon or an editor may change or move the file: then it is looked at again.
async function approve(board: Board, word: string, who: string): Promise<Approved> {
  for (let left = TRIES; ; left--) {
    const { snapshot } = await readBoard(board);
    const view = findMovableTask(board, snapshot, word);
    const approval = approvalOf(view, snapshot);
    if (approval === null) throw nothingToApprove(view);
    const text = [who, formatInstant(Math.floor(Date.now() / 1000) * 1000), approval.shas.join("+")].join(" ").trim();
    try {
      writeApproval(board, view, text);
      return { view, snapshot, approval, text };
    } catch (error) {
      if (left === 1 || !isOvertaken(error)) throw error;
    }
  }
}

function writeApproval({ boardRoot, runtimeDir }: Board, view: TaskView, text: string): void {
  const path = join(boardRoot, view.path);
  const bytes = readFileSync(path);
  // What is approved is what was looked at.
  if (!isUtf8(bytes) || (view.blobSha !== null && blobSha(bytes, formatOf(view.blobSha)) !== view.blobSha)) {
    throw new KanbandError("FILE_CHANGED", `${view.path} was changed meanwhile`);
  }
  const next = Buffer.from(editFrontMatter(bytes.toString("utf8"), [["approved", text]]));
  editFileDurably(path, view.blobSha ?? blobSha(bytes), next, join(runtimeDir, "displaced"));
}

function formatOf(sha: string): "sha1" | "sha256" {
  return sha.length > 40 ? "sha256" : "sha1";
}

function isOvertaken(error: unknown): boolean {
  if (error instanceof KanbandError) return error.code === "FILE_CHANGED";
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

function nothingToApprove({ id, lane, task }: TaskView): KanbandError {
  const hint = hasQuestion({ task })
    ? "It asks a question: write `answer:` into the file and move it back to planned/."
    : lane === "backlog"
      ? `Nothing in backlog/ is started: \`kanband move ${id} planned\`.`
      : lane === "for_review"
        ? `If you mean its result: \`kanband accept ${id}\`.`
        : `\`kanband why ${id}\` says how it stands.`;
  return new KanbandError("USAGE", `'${id}' in ${lane}/ waits for no approval`, { hint });
}

async function whoApproves({ boardRepo }: Board): Promise<string> {
  const name = oneLine((await readUserName(boardRepo.top)) ?? "", 100).trim();
  return name === "" ? loginName() : name;
}

// A machine may have no entry for the user that a container runs as.
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return "somebody";
  }
}

function isDaemonAlive({ runtimeDir }: Board): boolean {
  return readDaemon(runtimeDir)?.isAlive === true;
}

function factsOf({ view, snapshot, approval, text }: Approved) {
  const personas = new Map(stepViews(view, snapshot).map(({ id, persona }) => [id, persona]));
  return {
    task: view.id,
    path: view.path,
    approved: text,
    plans: approval.plans.map(({ step, path, messageSha }) => ({ step, path, sha: messageSha ?? null })),
    steps: approval.steps.map((id) => ({ id, persona: personas.get(id) ?? null })),
  };
}

function report(context: Context, board: Board, approved: Approved): void {
  const { out } = context;
  const { task, path, plans, steps } = factsOf(approved);
  const place = placeOf(context, board.boardRoot);
  print(out, `${paint(out, "bold", safe(task))}  approved  ${paint(out, "dim", place(path))}`);
  for (const { path: plan, sha } of plans) print(out, `  ${(sha ?? "").slice(0, 12)}  ${place(plan)}`);
  if (!isDaemonAlive(board)) return print(out, "No daemon is running: `kanband up` carries on from here.");
  const names = steps.map(({ id, persona }) => whoDoes(id, persona));
  const isOne = plans.length === 0 && stepViews(approved.view, approved.snapshot).length === 0;
  print(
    out,
    isOne ? "Its run begins as soon as a slot is free." : `Next: ${safe(names.join(", "))}, as soon as a slot is free.`,
  );
}
