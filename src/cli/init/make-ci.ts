import { join } from "node:path";
import { ownHooksFolder } from "../../git/own-hooks.ts";
import type { Repository } from "../../git/repository.ts";
import { readVersion } from "../package-files.ts";
import { placeFile } from "../place-file.ts";
import { HOOK_TEXT, workflowText } from "./ci-files.ts";

/** What became of a file for CI: made, there already and left alone, or not made since hooks live elsewhere. */
export type CiFile = { path: string; outcome: "made" | "kept" | "elsewhere" };

const HOOKS = ["pre-commit", "pre-merge-commit"];

/**
 * Puts a workflow for GitHub Actions into the code repository, to be committed by the person, and the hooks into this clone.
 * No file that is there is touched. `boardBranch`: null when the board is in the same tree as the code.
 */
export async function makeCi(repo: Repository, boardBranch: string | null): Promise<CiFile[]> {
  const workflow = join(repo.top, ".github/workflows/kanband.yml");
  const hooks = await ownHooksFolder(repo);
  return [
    place(workflow, workflowText(readVersion(), boardBranch)),
    ...HOOKS.map((name): CiFile => {
      if (hooks === null) return { path: name, outcome: "elsewhere" };
      return place(join(hooks, name), HOOK_TEXT, 0o755);
    }),
  ];
}

function place(path: string, text: string, mode: number | null = null): CiFile {
  return { path, outcome: placeFile(path, text, mode) ? "made" : "kept" };
}
