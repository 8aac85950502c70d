import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { describeBoard, expectSound, inLane, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { gitAt } from "../../helpers/git-repo.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(3, 4);

const IDS = ["one", "two", "three", "four", "five", "six"];
const LEAST_ROUNDS = 5;
const MOST_ROUNDS = 15;
const OWN_REBASES = 3;

describe("a busy person beside a busy board", () => {
  it("git commit -a, stash and pop of own files, checkout and back, and rebase in a loop: nobody loses anything", async () => {
    const board = await liveBoard();
    const journal = join(board.root, ".git/journal");
    board.write("mine.txt", "0\n");
    await board.git("add", "mine.txt");
    await board.git("commit", "--quiet", "--message", "Mine");
    await board.git("branch", "other");
    await board.start();
    for (const id of IDS) {
      board.write(`board/planned/${id}.md`, shellTask(`echo ${id} >> ${journal}\nsleep 0.5\necho ${id} > ${id}.txt`));
    }

    let rounds = 0;
    while (rounds < LEAST_ROUNDS || (rounds < MOST_ROUNDS && IDS.some((id) => board.lane(id) !== "for_review"))) {
      const round = (rounds += 1);
      await sleep(300);
      board.write("mine.txt", `${round}\n`);
      await insist(board, "commit", "--quiet", "--all", "--message", `Mine ${round}`);
      board.write("mine.txt", `${round} and more\n`);
      await insist(board, "stash", "push", "--quiet", "--", "mine.txt");
      await insist(board, "checkout", "--quiet", "other");
      await sleep(100);
      await insist(board, "checkout", "--quiet", "main");
      await insist(board, "stash", "pop", "--quiet");
    }
    for (const id of IDS) await inLane(board, id, "for_review");
    await settled(board);
    for (let own = 0; own < OWN_REBASES; own += 1) {
      const round = (rounds += 1);
      const before = await board.git("rev-parse", "HEAD");
      board.write(`board/backlog/note-${round}.md`, "# A note\n");
      board.write("mine.txt", `${round}\n`);
      await insist(board, "commit", "--quiet", "--all", "--message", `Mine ${round}`);
      await insist(board, "rebase", "--quiet", "--force-rebase", before);
    }
    board.write("mine.txt", `${rounds} and more\n`);
    await settled(board);
    for (const id of IDS.slice(0, 3)) board.mv(id, "done");
    for (const id of IDS.slice(0, 3)) {
      await soon(board, `${id} is merged`, async () => (await board.git("branch", "--list", `kanband/${id}`)) === "");
    }
    await settled(board);

    expect(readFileSync(journal, "utf8").trim().split("\n").toSorted()).toEqual(IDS.toSorted());
    for (const id of IDS) {
      expect(board.lanes(id)).toHaveLength(1);
      expect(sessionText(board, id)).toMatch(/^state: done$/m);
      expect(await board.git("show", `${IDS.indexOf(id) < 3 ? "main" : `kanband/${id}`}:${id}.txt`)).toBe(id);
    }
    const subjects = (await board.git("log", "--format=%s", "main")).split("\n");
    for (let round = 1; round <= rounds; round += 1) {
      expect(subjects.filter((it) => it === `Mine ${round}`)).toHaveLength(1);
    }
    expect(board.read("mine.txt")).toBe(`${rounds} and more\n`);
    expect(await board.git("show", "main:mine.txt")).toBe(`${rounds}`);
    expect(await board.git("status", "--porcelain")).toBe(" M mine.txt");
    expect(await board.git("stash", "list")).toBe("");
    await expectSound(board);
  });

  it.each(["inline", "own-branch"] as const)(
    "staged and unstaged changes and a stash are byte for byte the same after tasks were worked on and merged (%s)",
    async (layout) => {
      const board = await liveBoard({ layout });
      for (const path of ["staged.txt", "unstaged.txt", "both.txt"]) writeOwn(board, path, "0\n");
      await board.git("add", "staged.txt", "unstaged.txt", "both.txt");
      await board.git("commit", "--quiet", "--message", "Mine");
      writeOwn(board, "unstaged.txt", "in the stash\n");
      await board.git("stash", "push", "--quiet", "--message", "put aside");
      writeOwn(board, "staged.txt", "staged\n");
      writeOwn(board, "new.txt", "staged and new\n");
      writeOwn(board, "both.txt", "staged\n");
      await board.git("add", "staged.txt", "new.txt", "both.txt");
      writeOwn(board, "both.txt", "staged, then changed\n");
      writeOwn(board, "unstaged.txt", "changed\n");
      writeOwn(board, "untracked.txt", "untracked\n");
      const before = await ownState(board);

      await board.start();
      for (const id of ["a", "b"]) board.write(`board/planned/${id}.md`, shellTask(`echo ${id} > ${id}.txt`));
      for (const id of ["a", "b"]) {
        await inLane(board, id, "for_review");
        board.mv(id, "done");
        await soon(board, `${id} is merged`, async () => (await board.git("branch", "--list", `kanband/${id}`)) === "");
      }
      await settled(board);

      expect(await ownState(board)).toEqual(before);
      expect(await board.git("show", "main:a.txt")).toBe("a");
      expect(await board.git("show", "main:b.txt")).toBe("b");
      expect(readFileSync(join(board.root, "a.txt"), "utf8")).toBe("a\n");
      await expectSound(board);
    },
  );
});

/** What the person sees of their own files. */
async function ownState(board: LiveBoard): Promise<string[]> {
  const own = ["--", "*.txt", "README.md", "src"];
  const git = gitAt(board.root);
  return [
    await git("status", "--porcelain", ...own),
    await git("diff", "--cached"),
    await git("diff", ...own),
    await git("stash", "list"),
    await git("stash", "show", "-p"),
  ];
}

function writeOwn(board: LiveBoard, path: string, text: string): void {
  writeFileSync(join(board.root, path), text);
}

/** A command of a person who tries again when git says that something is in the way just now. */
async function insist(board: LiveBoard, ...args: string[]): Promise<void> {
  let last = "";
  for (let tries = 0; tries < 100; tries += 1) {
    const failure = await board.git(...args).then(
      () => null,
      (error: unknown) => String(error),
    );
    if (failure === null) return;
    last = failure;
    // Git keeps a stash first; when it cannot clear the file then, it says so and leaves that to the person.
    if (args[0] === "stash" && args[1] === "push" && (await board.git("stash", "list")) !== "") {
      return await insist(board, "checkout", "--quiet", "HEAD", "--", "mine.txt");
    }
    if (args[0] === "rebase") await board.git("rebase", "--abort").catch(() => undefined);
    await sleep(50);
  }
  throw new Error(`git ${args.join(" ")} never succeeded: ${last}\n${await describeBoard(board)}`);
}
