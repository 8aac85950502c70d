import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { expectSound, settled } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard } from "../../helpers/live-board.ts";

const KILL = { KANBAND_FAILPOINTS: "git.commit.after-index=kill@1" };

describe("a daemon killed between the index and the branch", () => {
  it("the file moves on meanwhile: the next daemon leaves no trace of the old place in the index", async () => {
    const board = await killedInCommit();
    expect(await board.git("status", "--porcelain")).toBe("A  board/backlog/note.md");
    board.mv("note", "blocked");
    expect(await board.git("status", "--porcelain")).toMatch(/^AD board\/backlog\/note\.md$/m);

    await board.start();
    await settled(board);
    expect(await board.git("status", "--porcelain")).toBe("");
    expect(await board.git("ls-files", "board/backlog/note.md", "board/blocked/note.md")).toBe("board/blocked/note.md");
    await expectSound(board);
  });

  it("with nothing else to commit, too", async () => {
    const board = await killedInCommit();
    renameSync(join(board.root, "board/backlog/note.md"), join(board.root, ".git/note.md"));
    const head = await board.git("rev-parse", "HEAD");
    await board.start();
    await settled(board);
    expect(await board.git("status", "--porcelain")).toBe("");
    expect(await board.git("rev-parse", "HEAD")).toBe(head);
  });

  it("what the person staged there since stays as it is", async () => {
    const board = await killedInCommit();
    writeFileSync(join(board.root, "mine.txt"), "mine\n");
    writeFileSync(join(board.root, "board/backlog/note.md"), "# Another note\n");
    await board.git("add", "mine.txt", "board/backlog/note.md");
    const staged = await board.git("rev-parse", ":board/backlog/note.md");
    await board.start();
    await settled(board);
    expect(await board.git("rev-parse", "HEAD:board/backlog/note.md")).toBe(staged);
    expect(await board.git("status", "--porcelain")).toBe("A  mine.txt");
  });
});

/** A board whose daemon staged a new file and died. */
async function killedInCommit(): Promise<LiveBoard> {
  const board = await liveBoard();
  board.write("board/backlog/note.md", "# A note\n");
  const daemon = await board.start({ env: KILL, isDoomed: true });
  expect(await daemon.ended).toBe(null);
  return board;
}
