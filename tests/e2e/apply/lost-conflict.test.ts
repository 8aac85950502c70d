import { expect } from "vitest";
import { itInTurn } from "../../helpers/today.ts";
import type { ApplyBoard } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { inStep, landingOf, moveTo, revert } from "./lost-board.ts";
import { tickToEnd } from "./tick-board.ts";

// A third of them each day.
const it = itInTurn(0, 3);

type Files = Readonly<Record<string, string | null>>;

async function commit({ git, write }: ApplyBoard, files: Files, message: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) await git("rm", "-q", path);
    else write(path, text);
  }
  await git("add", "-A");
  await git("commit", "-q", "-m", message);
}

/** Accepts tasks one after the other, each upon what the one before left; answers what brought them in. */
async function landed(board: ApplyBoard, tasks: ReadonlyArray<readonly [id: string, files: Files]>) {
  const landings: string[] = [];
  for (const [id, files] of tasks) {
    await board.git("checkout", "-q", "-b", `kanband/${id}`);
    await commit(board, files, `Work on ${id}`);
    await board.git("checkout", "-q", "main");
    await commit(board, { [`board/done/${id}.md`]: `---\nattempt: 1\n---\n# ${id}\n` }, `Accept ${id}`);
    await tickToEnd(board);
    landings.push(await landingOf(board, id));
  }
  return landings;
}

const emptyBoard = (): Promise<ApplyBoard> => batchBoard([], { verify: [], clock: inStep });

it("a revert solved by hand: what a person wrote since then stands, and the merge tells of the conflict", async () => {
  const board = await emptyBoard();
  const [landing = ""] = await landed(board, [["c", { "src/app.txt": "one\nC\n", "c.txt": "c\n" }]]);
  await commit(board, { "src/app.txt": "one\nC edited\n", "keys.txt": "password\n" }, "Edit");
  const files = { "src/app.txt": "rewritten\n", "keys.txt": null, "c.txt": null };
  await commit(board, files, `Revert c by hand\n\nThis reverts commit ${landing}.`);
  await tickToEnd(board);
  expect(board.read("board/blocked/c.md")).toContain("was reverted on main");
  expect(await board.git("diff", "--name-only", "kanband/c^", "kanband/c")).toBe("c.txt\nsrc/app.txt");

  await moveTo(board, "c", "blocked", "done");
  await board.commit();
  for (let tries = 0; tries < 100; tries++) {
    if ((await board.look()).tasks.some(({ id, enteredAt }) => id === "c" && enteredAt !== null)) break;
  }
  await board.run({ kind: "merge", taskId: "c" });
  expect(board.read("sessions/c/merge.md")).toMatch(/verdict: conflict[\s\S]*rewritten[\s\S]*one\nC/);
  expect([board.has("keys.txt"), board.read("src/app.txt")]).toEqual([false, "rewritten\n"]);
});

it("one commit that takes several merges back: accepting one of them brings that one alone", async () => {
  const board = await emptyBoard();
  const landings = await landed(board, [
    ["a", { "src/app.txt": "one\nA\n", "a.txt": "a\n" }],
    ["c", { "src/app.txt": "one\nA\nC\n", "c.txt": "c\n" }],
    ["d", { "d.txt": "d\n" }],
  ]);
  const files = { "src/app.txt": "one\n", "a.txt": null, "c.txt": null, "d.txt": null, "person.txt": "mine\n" };
  await commit(board, files, `Back out\n\n${landings.map((it) => `This reverts commit ${it}.\n`).join("")}`);
  await tickToEnd(board);
  for (const id of ["a", "c"]) {
    await moveTo(board, id, "blocked", "done");
    await board.commit();
    await tickToEnd(board);
    expect([board.read("a.txt"), board.has("c.txt"), board.has("d.txt")]).toEqual(["a\n", id === "c", false]);
    expect(board.read("src/app.txt")).toBe(id === "c" ? "one\nA\nC\n" : "one\nA\n");
  }
  expect(board.has("board/blocked/d.md")).toBe(true);
  expect(board.read("person.txt")).toBe("mine\n");
});

it("several commits of which nobody can tell any more whether they are the task's: it is told, and has no branch", async () => {
  const board = await batchBoard(["a"], { verify: [], style: "rebase", clock: inStep });
  await board.git("checkout", "-q", "kanband/a");
  await commit(board, { "more.txt": "more\n" }, "More");
  await board.git("checkout", "-q", "main");
  await tickToEnd(board);
  const landing = await landingOf(board, "a");
  await revert(board, landing);
  await revert(board, `${landing}~1`);
  await board.git("update-ref", "-d", "refs/kanband/preserved/a/1");
  await board.git("reflog", "expire", "--expire=now", "--all");
  await board.git("gc", "-q", "--prune=now");
  await tickToEnd(board);
  expect(board.read("board/blocked/a.md")).toContain("revert the revert to have it back");
  expect(await board.git("branch", "--list", "kanband/*")).toBe("");
});
