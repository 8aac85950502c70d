import { addExclude } from "../../git/exclude.ts";
import { readHead } from "../../git/head.ts";
import { readSymbolicRef, setSymbolicRef } from "../../git/symbolic-ref.ts";
import { OWN_BRANCH_FOLDER } from "../../observe/locate-board.ts";
import type { Board } from "../../observe/open-board.ts";
import { BOARD_REF } from "../../observe/repo-state.ts";

/**
 * What `kanband init` leaves in the clone it was typed in, and no other clone has: our folders are ignored, and the board
 * branch has its name. Doing it again changes nothing.
 */
export async function prepareRepository({ boardRepo, codeRepo, layout }: Board): Promise<void> {
  addExclude(codeRepo, "/.kanband/");
  if (layout === "own-branch") addExclude(codeRepo, `/${OWN_BRANCH_FOLDER}/`);
  if (readSymbolicRef(boardRepo, BOARD_REF) !== null) return;
  const { ref } = await readHead(boardRepo);
  if (ref !== null) await setSymbolicRef(boardRepo, BOARD_REF, ref);
}
