import { randomBytes } from "node:crypto";
import { realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moveFileDurably, writeFileDurably } from "../../files/durable.ts";
import { commitPaths } from "../../git/commit-paths.ts";
import { openRepository } from "../../git/repository.ts";
import { askGitAsUser } from "../../git/run.ts";
import { runCommand } from "../../process/run-command.ts";
import { initInline } from "../init/inline.ts";
import { listPackageFiles, readPackageFile } from "../package-files.ts";
import { placeFile } from "../place-file.ts";
import { DEMO_SETTINGS, SAMPLE_PROJECT } from "./sample-project.ts";

/** The task whose copy is spoiled, for the board to show what it does with a broken file. */
export const BROKEN_TASK = "greet-politely";

/** Where a demo may make its repository: a folder that nobody has yet. */
export function newScratchPath(): string {
  return join(realpathSync(tmpdir()), `kanband-demo-${randomBytes(4).toString("hex")}`);
}

/** A repository with the sample project, a board made as `kanband init` makes it, and this package's own tasks in `planned/`. */
export async function makeScratch(root: string): Promise<void> {
  await askGitAsUser(tmpdir(), ["init", "--quiet", "--initial-branch=main", root]);
  const repo = await openRepository(root);
  try {
    for (const [path, text] of Object.entries(SAMPLE_PROJECT)) placeFile(join(root, path), text);
    await commitPaths(repo, {
      ref: "refs/heads/main",
      changes: Object.keys(SAMPLE_PROJECT).map((path) => ({ path })),
      message: "Start the sample project\n",
      patienceMs: 0,
    });
    await initInline(repo);
  } finally {
    await repo.close();
  }
  writeFileDurably(join(root, "board", "board.md"), DEMO_SETTINGS);
  for (const path of listTasks()) placeTask(root, path);
}

/** The paths of the demo's tasks in this package: its own backlog. */
export function listTasks(): string[] {
  return listPackageFiles("board/backlog").filter((path) => path.endsWith(".md"));
}

function placeTask(root: string, path: string): void {
  const text = readPackageFile(path).toString("utf8");
  placeFile(join(root, path), path.includes(BROKEN_TASK) ? spoil(text) : text);
  moveFileDurably(join(root, path), join(root, path.replace("backlog", "planned")));
}

// The closing quote of the title is gone.
function spoil(text: string): string {
  return text.replace(/^(title: ".*)"$/m, "$1");
}

/** Puts the quote back, as a person would in an editor. */
export function mendBrokenTask(root: string): void {
  const text = readPackageFile(`board/backlog/${BROKEN_TASK}.md`);
  writeFileDurably(join(root, "board", "planned", `${BROKEN_TASK}.md`), text);
}

/** Removes the scratch repository and everything in it. */
export async function removeScratch(root: string): Promise<void> {
  await runCommand({ file: "rm", args: ["-rf", "--", root], cwd: tmpdir(), env: {}, stdin: "", timeoutMs: 30_000 });
}
