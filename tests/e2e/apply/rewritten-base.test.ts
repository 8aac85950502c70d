import { expect, it } from "vitest";
import { type ApplyBoard, applyBoard, claimedTask, launchOf, runToEnd } from "./apply-board.ts";

const SECOND = 1000;

/** An accepted task whose branch began right after a commit with `secret.txt`. */
async function accepted(): Promise<ApplyBoard> {
  const clock = (): number => Date.now() - 200 * SECOND;
  const board = await applyBoard({ "board/doing/a.md": claimedTask("echo new > new.txt") }, { clock });
  board.write("secret.txt", "secret\n");
  await board.git("add", "secret.txt");
  await board.git("commit", "-qm", "Oops");
  await runToEnd(board, launchOf("a"));
  await board.commit();
  await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 1 });
  await move(board, "doing", "done");
  return board;
}

async function move(board: ApplyBoard, from: string, to: string): Promise<void> {
  await board.commit();
  await board.git("mv", `board/${from}/a.md`, `board/${to}/a.md`);
  await board.git("commit", "-qm", `Move a to ${to}`);
}

async function merged(board: ApplyBoard) {
  // Since when it lies there is looked up beside everything else.
  for (let tries = 0; tries < 100; tries++) {
    if ((await board.look()).tasks.some(({ id, enteredAt }) => id === "a" && enteredAt !== null)) break;
  }
  await board.run({ kind: "merge", taskId: "a" });
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "merge");
}

it("what a person took out of the base's history comes back only when they accept that", async () => {
  const board = await accepted();
  const oops = await board.git("log", "-1", "--format=%H", "--grep=^Oops$");
  await board.git("rebase", "-q", "--onto", `${oops}^`, oops, "main");
  const words = 'it would bring back 1 commit that main does not hold any more: "Oops"';

  expect(await merged(board)).toMatchObject({
    verdict: "checks-failed",
    reason: `${words}: accept it once more to merge it as it is`,
  });
  expect(board.has("secret.txt")).toBe(false);
  await move(board, "done", "blocked");
  await move(board, "blocked", "done");
  expect(await merged(board)).toMatchObject({ verdict: "merged" });
  const trailer = "--format=%(trailers:key=Accepted-Despite,valueonly)";
  expect(await board.git("log", "-1", trailer, "--merges", "main")).toBe(`${words}\n`);
});

it("nothing is said of what a person rewrote, as long as the base holds its changes", async () => {
  const board = await accepted();
  const oops = await board.git("log", "-1", "--format=%H", "--grep=^Oops$");
  const reworded = await board.git("commit-tree", `${oops}^{tree}`, "-p", `${oops}^`, "-m", "Not a secret");
  await board.git("rebase", "-q", "--onto", reworded, oops, "main");
  expect(await merged(board)).toMatchObject({ verdict: "merged" });
  expect(board.read("new.txt")).toBe("new\n");
});
