import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { boardCommitted, expectSound, inLane, inState, sessionText, soon, told } from "../../helpers/board-watch.ts";
import { liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(0, 3);

const SETTINGS = "slots: 5\nagent: shell\ngrace: 1s\nretry: { limit: 0 }\n";

describe("a board that pauses itself", () => {
  it("goes on when a person lets it, whatever failed on meanwhile, and loses nothing that is saved as it marks", async () => {
    const board = await liveBoard({ settings: SETTINGS });
    const hold = join(board.root, ".git/hold");
    const late = join(board.root, ".git/late");
    const failing = (wait: string): string => shellTask(`${wait}; echo no toolchain; exit 3`);
    await board.start({ env: { KANBAND_FAILPOINTS: `apply.edit.before-mark=hold:${hold}@1` } });
    for (const id of ["d", "e", "f"]) {
      board.write(`board/planned/${id}.md`, failing(`until [ -e '${late}' ]; do sleep 0.05; done`));
      await inState(board, id, "running");
    }
    for (const id of ["a", "b", "c"]) {
      board.write(`board/planned/${id}.md`, failing("true"));
      if (id !== "c") await inLane(board, id, "blocked");
    }
    await soon(board, "the first is about to be marked", () => existsSync(`${hold}.at`));
    appendFileSync(join(board.root, "sessions/a/engineer.md"), "my note\n");
    writeFileSync(`${hold}.go`, "");
    writeFileSync(late, "");

    const ids = ["a", "b", "c", "d", "e", "f"];
    const isMarked = (id: string): boolean => /^paused_board: true$/m.test(sessionText(board, id));
    await soon(board, "all are marked", () => ids.every(isMarked));
    expect(sessionText(board, "a")).toContain("my note");

    board.write("board/board.md", `---\n${SETTINGS}---\n`);
    board.write("board/planned/next.md", shellTask("echo next > next.txt"));
    await inLane(board, "next", "for_review");
    await boardCommitted(board);
    expect(board.read("board/board.md")).not.toContain("paused");
    // Blocked in the commit that paused the board.
    expect(await told(board.root, ["undo", "c"])).toContain("taken back: Block c\n");
    await expectSound(board);
  });
});
