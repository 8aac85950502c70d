import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../../board/session.ts";
import type { TaskView } from "../../decide/snapshot.ts";
import { listKeptWhole } from "../../git/kept-whole.ts";
import { listRefs } from "../../git/ref-list.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { findTask } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { type BoardReading, readBoard } from "../read-board.ts";
import { describeSession, factLines } from "../show/describe-task.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Prints everything known about one task: facts, why it waits, sessions, preserved work, and the file itself. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.show>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const reading = await readBoard(board);
    const facts = collect(board, reading, findTask(board.boardRoot, reading.snapshot, args.task));
    if (args.json) printJson(context.out, facts);
    else report(context, facts);
    return 0;
  });
}

export type TaskFacts = {
  view: TaskView;
  waiting: string | null;
  sessions: readonly Session[];
  branch: { name: string; sha: string; isMerged: boolean | null } | null;
  /** Work kept before a stop, a retry or a clean-up; newest last. */
  preserved: readonly { ref: string; sha: string }[];
  /** What no commit could hold: paths below the top of the code repository. */
  kept: readonly string[];
  text: string | null;
};

function collect({ boardRoot, codeRepo }: Board, { snapshot, decision }: BoardReading, view: TaskView): TaskFacts {
  const branch = snapshot.branches.get(view.id);
  const preserved = [...listRefs(codeRepo, `refs/kanband/preserved/${view.id}/`)];
  return {
    view,
    waiting: decision.waiting.get(view.id) ?? null,
    sessions: snapshot.sessions.get(view.id) ?? [],
    branch: branch === undefined ? null : { name: `kanband/${view.id}`, ...branch },
    preserved: preserved
      .flatMap(([ref, value]) => ("sha" in value ? [{ ref, sha: value.sha }] : []))
      .toSorted(byNumber),
    kept: listKeptWhole(codeRepo, view.id),
    text: readIfText(join(boardRoot, view.path)),
  };
}

// The tenth comes after the ninth.
function byNumber(a: { ref: string }, b: { ref: string }): number {
  return a.ref.localeCompare(b.ref, "en", { numeric: true });
}

function readIfText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function report({ out }: Context, { view, waiting, sessions, branch, preserved, kept, text }: TaskFacts): void {
  print(out, `${paint(out, "bold", view.task?.title ?? view.id)}`);
  for (const [name, value] of factLines(view, waiting, branch))
    print(out, `  ${paint(out, "dim", name.padEnd(12))} ${value}`);
  for (const { path, line, message, hint } of view.findings) {
    print(
      out,
      `  ${paint(out, "red", "broken".padEnd(12))} ${path}:${line ?? 1}: ${message}${hint === null ? "" : ` ${hint}`}`,
    );
  }
  if (sessions.length > 0)
    print(out, "", paint(out, "bold", "Sessions"), ...sessions.map((it) => `  ${describeSession(it)}`));
  if (preserved.length + kept.length > 0) {
    print(out, "", paint(out, "bold", "Preserved work"));
    for (const path of kept) print(out, `  as it was  ${path}`);
    for (const { ref, sha } of preserved) print(out, `  ${sha.slice(0, 7)}  git switch -c rescue ${ref}`);
  }
  if (text !== null) print(out, "", paint(out, "bold", view.path), "", text.trimEnd());
}
