import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRepo } from "./git-repo.ts";
import { runKanband } from "./run-kanband.ts";

type Layout = "inline" | "own-branch";

const made = new Map<Layout, Promise<string>>();

/** A repository as `kanband init` leaves it: made once a process, since many tests begin with one. Not to be changed. */
export async function newBoard(layout: Layout): Promise<string> {
  const known = made.get(layout) ?? makeBoard(layout);
  made.set(layout, known);
  return await known;
}

/** A copy of a repository with its linked worktree; git writes down where both lie, so that is mended. */
export function copyOfBoard(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  for (const path of [join(to, "kanban/.git"), join(to, ".git/worktrees/kanban/gitdir")]) {
    if (existsSync(path)) writeFileSync(path, readFileSync(path, "utf8").replaceAll(from, to));
  }
}

async function makeBoard(layout: Layout): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "kanband-test-new-")));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  await makeRepo(root, { "README.md": "# Sample\n", "src/app.txt": "one\n" });
  await runKanband(root, layout === "inline" ? ["init"] : ["init", "--branch", "kanban"]);
  return root;
}
