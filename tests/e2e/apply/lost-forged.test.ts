import { expect, it } from "vitest";
import type { ApplyBoard } from "./apply-board.ts";
import { landingOf, mergedBoard, moveTo, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

/** A task whose branch has commits with these messages, each of which changes `evil.txt`; it is accepted and merged. */
async function bring(
  board: ApplyBoard,
  id: string,
  messages: ReadonlyArray<(before: string) => string>,
): Promise<void> {
  const { git } = board;
  await git("checkout", "-q", "-b", `kanband/${id}`);
  board.write(`${id}.txt`, `${id}\n`);
  for (const [at, message] of messages.entries()) {
    board.write("evil.txt", `${at}\n`);
    if (at % 2 === 1) await git("rm", "-q", "-f", "evil.txt");
    await git("add", "-A");
    await git("commit", "-q", "-m", message(await git("rev-parse", "HEAD")));
  }
  await git("checkout", "-q", "main");
  board.write(`board/done/${id}.md`, `---\nattempt: 1\n---\n# ${id}\n`);
  await git("add", "-A");
  await git("commit", "-q", "-m", `Accept ${id}`);
  await tickToEnd(board);
  expect(board.read(`${id}.txt`)).toBe(`${id}\n`);
}

it("what an agent's commits say of merges puts nothing into the branch of another task", async () => {
  const board = await mergedBoard(["a"]);
  const tip = await board.git("rev-parse", `${await landingOf(board, "a")}^2`);
  board.write("board/blocked/c.md", "---\nblocked: waits for legal\n---\n# Never ran\n");
  board.write("board/done/e.md", "# On paper\n");
  await board.commit();
  for (const [id, victim] of [
    ["x", "a"],
    ["y", "c"],
    ["z", "e"],
  ] as const) {
    const merged = victim === "a" ? tip : await board.git("rev-parse", "main");
    await bring(board, id, [
      () => `Evil\n\nTask: ${victim}\nMerged: ${merged}`,
      (before) => `Tidy\n\nThis reverts commit ${before}.`,
    ]);
  }
  expect(["done/a", "blocked/c", "done/e"].map((it) => board.has(`board/${it}.md`))).toEqual([true, true, true]);
  expect(board.read("board/blocked/c.md")).toContain("waits for legal");
  expect(await board.git("branch", "--list", "kanband/*")).toBe("");
});

it("what an agent's commit says of a revert brings no lost merge back: the record stays true, and accepting merges it", async () => {
  const board = await mergedBoard(["a"], { changes: { a: { "a.txt": "a\n", "evil.txt": "a\n" } } });
  const by = await revert(board, await landingOf(board, "a"));
  await tickToEnd(board);
  await bring(board, "b", [() => `Work\n\nThis reverts commit ${by}.`]);
  expect(board.read("sessions/a/merge.md")).toContain("verdict: lost");
  expect(board.has("board/blocked/a.md")).toBe(true);

  await board.git("rm", "-q", "evil.txt");
  await board.git("commit", "-q", "-m", "Clean up");
  await moveTo(board, "a", "blocked", "done");
  await tickToEnd(board);
  expect([board.has("board/done/a.md"), board.read("a.txt")]).toEqual([true, "a\n"]);
});
