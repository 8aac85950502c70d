import { readdirSync } from "node:fs";
import { join } from "node:path";
import { LANES } from "../../board/lane.ts";
import { isTaskFile } from "../../board/task-file.ts";
import { KanbandError } from "../../errors.ts";
import { locateBoard } from "../../observe/locate-board.ts";
import { listCandidates } from "../completion/candidates.ts";
import { SCRIPTS } from "../completion/scripts.ts";
import { type Context, print } from "../context.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Prints the script that a shell loads; called by that script with words, prints what may stand there, one a line. */
export async function run({ out, dir }: Context, args: ArgsOf<typeof SPECS.completion>): Promise<number> {
  const { shell, words } = args;
  if (shell !== "bash" && shell !== "zsh" && shell !== "fish") throw new KanbandError("USAGE", `no shell '${shell}'`);
  if (words.length === 0) {
    out.write(SCRIPTS[shell]);
    return 0;
  }
  const board = await locateBoard(dir).catch(() => null);
  const candidates = listCandidates(words, (kind) => {
    if (board === null) return [];
    if (kind === "task") return listTaskIds(board.boardRoot);
    return kind === "persona" ? listPersonas(board.boardRoot) : listFiles(board.boardRoot, "personas/workflows");
  });
  if (candidates.length > 0) print(out, ...candidates);
  return 0;
}

// By name only, as a shell waits for it: no file is read.
function listTaskIds(boardRoot: string): string[] {
  return [...new Set(LANES.flatMap((lane) => listFiles(boardRoot, `board/${lane}`)))].toSorted();
}

function listPersonas(boardRoot: string): string[] {
  return idsOf(listPaths(join(boardRoot, "personas")).filter((path) => !path.includes("/")));
}

function listFiles(boardRoot: string, folder: string): string[] {
  return idsOf(listPaths(join(boardRoot, folder)).map((path) => path.split("/").at(-1) ?? path));
}

function idsOf(names: readonly string[]): string[] {
  return names.filter(isTaskFile).map((name) => name.slice(0, -".md".length));
}

function listPaths(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}
