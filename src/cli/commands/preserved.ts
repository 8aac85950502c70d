import { fullRef } from "../../apply/world.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { requireBoardHere } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { dropWork } from "../preserved/drop-work.ts";
import { findKeptWork, type KeptWork, listKeptWork, readWork, type WorkFacts } from "../preserved/kept-work.ts";
import { restoreWork } from "../preserved/restore-work.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { formatElapsed, safe } from "../status/words.ts";

type PreservedArgs = ArgsOf<typeof SPECS.preserved>;

/**
 * Lists the work that was kept before something took it away, shows one, makes a branch of it, or drops it. Throws USAGE for
 * what is not there, a branch that is taken, and work that would be lost; BOARD_ELSEWHERE.
 */
export async function run(context: Context, args: PreservedArgs): Promise<number> {
  if (args.branch !== null && args.what !== "restore") throw new KanbandError("USAGE", "--branch goes with `restore`");
  if (args.yes && args.what !== "drop") throw new KanbandError("USAGE", "--yes goes with `drop`");
  if (args.what !== "list" && args.names.length === 0)
    throw new KanbandError("USAGE", `\`preserved ${args.what}\` needs a name`, {
      hint: "`kanband preserved` lists them.",
    });
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const place: Place = { board, snapshot, baseRef: fullRef(snapshot.settings?.base ?? "main") };
    if (args.what === "drop") return await drop(context, place, args);
    if (args.what === "restore") return await restore(context, place, args);
    const { codeRepo } = board;
    const tasks = args.names.length === 0 ? [null] : args.names;
    const works =
      args.what === "show"
        ? args.names.map((it) => findKeptWork(codeRepo, it))
        : tasks.flatMap((it) => listKeptWork(codeRepo, it));
    const kept: Kept[] = [];
    for (const work of works) kept.push({ ...work, ...(await readWork(codeRepo, work, place.baseRef)) });
    if (args.json) printJson(context.out, { preserved: kept });
    else if (args.what === "show") for (const it of kept) show(context, it, place.baseRef);
    else list(context, kept);
    return 0;
  });
}

type Place = { board: Board; snapshot: Snapshot; baseRef: string };

async function drop({ out }: Context, { board, baseRef }: Place, { names, yes, json }: PreservedArgs): Promise<number> {
  const works = names.map((it) => findKeptWork(board.codeRepo, it));
  for (const work of works) {
    await dropWork(board.codeRepo, work, { baseRef, isSure: yes });
    if (!json) print(out, `Dropped ${safe(work.name)}. Until git clears up: git update-ref ${work.ref} ${work.sha}`);
  }
  if (json) printJson(out, { dropped: works });
  return 0;
}

async function restore({ out }: Context, { board, snapshot }: Place, args: PreservedArgs): Promise<number> {
  const [name = "", ...others] = args.names;
  if (others.length > 0) throw new KanbandError("USAGE", "one at a time: each becomes a branch");
  requireBoardHere(snapshot);
  const work = findKeptWork(board.codeRepo, name);
  const restored = await restoreWork(board, snapshot, work, args.branch);
  const { branch, sha, isMade } = restored;
  if (args.json) printJson(out, { ...work, ...restored });
  else if (isMade) print(out, `${safe(work.name)} is on the branch ${safe(branch)} now, at ${sha.slice(0, 7)}.`);
  else print(out, `The branch ${safe(branch)} holds ${safe(work.name)} already.`);
  return 0;
}

type Kept = KeptWork & WorkFacts;

function list({ out }: Context, kept: readonly Kept[]): void {
  if (kept.length === 0) print(out, "Nothing is preserved.");
  const width = Math.max(0, ...kept.map(({ name }) => safe(name).length));
  for (const { name, sha, at, subject, files } of kept) {
    const facts = `${safe(name).padEnd(width)}  ${sha.slice(0, 7)}  ${formatElapsed(Date.now() - at).padStart(7)} ago`;
    print(out, `${facts}  ${String(files.length).padStart(3)} files  ${paint(out, "dim", safe(subject))}`);
  }
}

function show({ out }: Context, { name, ref, sha, at, subject, files }: Kept, baseRef: string): void {
  print(out, `${paint(out, "bold", safe(name))}  ${sha}`, `  ${safe(subject)}, ${formatElapsed(Date.now() - at)} ago`);
  for (const { status, path } of files) print(out, `  ${status}  ${safe(path)}`);
  print(out, `  ${paint(out, "dim", `git log -p ${baseRef}..${ref}`)}`);
}
