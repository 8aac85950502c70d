import { expect } from "vitest";
import { expectSound, inLane, settled, soon, told } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

async function isMerged(board: LiveBoard, id: string): Promise<void> {
  await soon(board, `${id} is merged`, async () => {
    const isThere = await board.git("cat-file", "-e", `main:${id}.txt`).then(
      () => true,
      () => false,
    );
    return isThere && (await board.git("branch", "--list", `kanband/${id}`)) === "";
  });
}

/** Nobody watches refs: what becomes of the base is seen with the next look, and a new file asks for one. */
async function moveBase(board: LiveBoard, ...args: string[]): Promise<void> {
  await board.git(...args);
  board.write(`board/backlog/after-${args[0]}-${args.at(-1)?.slice(0, 4)}.md`, "# Look\n");
}

it("a base that a person moves back and forth, and a merge that they revert: nobody starts upon it, and it is merged anew", async () => {
  const board = await liveBoard({ layout: "own-branch" });
  await board.start();
  board.write("board/planned/low.md", shellTask("echo low > low.txt"));
  await inLane(board, "low", "for_review");
  board.mv("low", "done");
  await isMerged(board, "low");
  const landing = await board.git("rev-parse", "main");

  await moveBase(board, "reset", "--quiet", "--hard", "HEAD^");
  await inLane(board, "low", "blocked");
  expect(board.read("board/blocked/low.md")).toContain(`its merge ${landing.slice(0, 12)} is not on main any more`);
  board.write("board/planned/up.md", shellTask("cat low.txt > up.txt", "dependencies: [low]\n"));
  await settled(board);
  expect(await told(board.root, ["why", "up"])).toContain("depends on low, which is in blocked/");
  expect(board.lane("up")).toBe("planned");

  await moveBase(board, "reset", "--quiet", "--hard", landing);
  await inLane(board, "low", "done");
  await inLane(board, "up", "for_review");
  await isMerged(board, "low");
  expect(await board.git("rev-parse", "main")).toBe(landing);

  await moveBase(board, "revert", "--no-edit", "-m", "1", landing);
  await inLane(board, "low", "blocked");
  await settled(board);
  board.mv("low", "done");
  await isMerged(board, "low");
  expect(await board.git("log", "--first-parent", "--format=%s", "main")).toMatch(
    /^Merge low: A task\nRevert "Merge low: A task"\nMerge low: A task\n/,
  );
  await settled(board);
  expect(board.lane("low")).toBe("done");
  await expectSound(board);
});
