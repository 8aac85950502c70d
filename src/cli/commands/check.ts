import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { KanbandError } from "../../errors.ts";
import type { Board } from "../../observe/open-board.ts";
import { annotate } from "../check/annotate.ts";
import { collectFindings, type Gate } from "../check/collect-findings.ts";
import { placeFindings } from "../check/place-findings.ts";
import { counted, reportFindings } from "../check/report-findings.ts";
import { sortFindings } from "../check/sort-findings.ts";
import { unheldFindings } from "../check/unheld-verify.ts";
import { type Context, print } from "../context.ts";
import { withBoard } from "../open-board.ts";
import { readBoardFile } from "../personas/board-files.ts";
import { lintBoard } from "../personas/lint-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/**
 * Prints what is wrong with the files of the board. Exit code 1 when there is an error, or, with `--ci`, unfinished work;
 * in GitHub Actions `--ci` also marks each line. Throws NO_BOARD when `--ci` finds nothing to judge.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.check>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { boardRoot } = board;
    // A gate that sees no board must not open.
    if (args.ci && !existsSync(join(boardRoot, "board"))) {
      throw new KanbandError("NO_BOARD", `no board/ is checked out in ${boardRoot}`);
    }
    const { snapshot } = await readBoard(board);
    const read = (path: string): Buffer | null => readBoardFile(boardRoot, path);
    // No gate is there to say it at each merge.
    const unheld = args.ci ? [] : placeFindings(unheldFindings(snapshot), read);
    const found = [
      ...collectFindings(snapshot, args.ci ? gateOf(context) : null, read),
      ...unheld,
      ...lintBoard(boardRoot, snapshot),
    ];
    const findings = sortFindings(found);
    const looked = counted(snapshot.tasks.length, "task");
    const code = reportFindings(context, findings, { boardRoot, isJson: args.json, looked });
    if (args.ci && !args.json && context.env["GITHUB_ACTIONS"] === "true") {
      for (const finding of findings) print(context.out, annotate(finding, inRepository(board, finding.path)));
    }
    return code;
  });
}

/** GitHub and GitLab say which branch a request is of. */
function gateOf({ env }: Context): Gate {
  return { branch: env["GITHUB_HEAD_REF"] || env["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] || null };
}

/** GitHub knows files by their paths from the top of the repository. */
function inRepository({ boardRoot, repoTop }: Board, path: string): string {
  return relative(repoTop, join(boardRoot, path)).split(sep).join("/");
}
