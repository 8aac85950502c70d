import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect } from "vitest";
import { expectSound, inLane, inState, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { popAll, stashAll } from "../../helpers/stash.ts";
import { itInTurn, someToday } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(1, 4);

const IDS = ["one", "two", "three", "four"];
const MOST_ROUNDS = 60;

describe("git stash of everything, and pop, beside the board", () => {
  it.each(someToday([190, 330], 2, 4))(
    "in a loop with rests of up to %d ms: no task is lost, none runs twice",
    async (restMs) => {
      const board = await liveBoard();
      const journal = join(board.root, ".git/journal");
      await commitOwn(board);
      await board.start();
      for (const id of IDS) {
        board.write(`board/planned/${id}.md`, shellTask(`echo ${id} >> ${journal}\nsleep 0.2\necho ${id} > ${id}.txt`));
      }

      let rounds = 0;
      while (rounds < MOST_ROUNDS && IDS.some((id) => board.lane(id) !== "for_review")) {
        rounds += 1;
        board.write("mine.txt", `${rounds}\n`);
        await stashAll(board);
        await sleep((rounds * 37) % restMs);
        await popAll(board);
        expect(board.read("mine.txt")).toBe(`${rounds}\n`);
        await sleep((rounds * 53) % restMs);
      }
      for (const id of IDS) await inLane(board, id, "for_review");
      await settled(board);

      expect(linesOf(journal)).toEqual(IDS.toSorted());
      for (const id of IDS) {
        expect(sessionText(board, id)).toMatch(/^state: done$/m);
        expect(await board.git("show", `kanband/${id}:${id}.txt`)).toBe(id);
      }
      expect(await board.git("status", "--porcelain")).toBe(" M mine.txt");
      expect(await board.git("stash", "list")).toBe("");
      await expectSound(board);
    },
  );

  it("what a session says of a run that is over comes back, and the run is not started again", async () => {
    const board = await liveBoard({
      settings: "agent: shell\nverify: [sleep 3]\n",
    });
    const journal = join(board.root, ".git/journal");
    await commitOwn(board);
    board.write("board/planned/a.md", shellTask(`echo ran >> ${journal}\necho x >> a.txt`));
    await board.start();
    await inLane(board, "a", "for_review");
    await settled(board);
    board.mv("a", "planned");
    await soon(board, "the second run", () => linesOf(journal).length === 2);
    await inState(board, "a", "done");

    board.write("mine.txt", "1\n");
    await stashAll(board);
    await inLane(board, "a", "for_review");
    await popAll(board);
    await settled(board);

    expect(linesOf(journal)).toEqual(["ran", "ran"]);
    expect(sessionText(board, "a")).toMatch(/^attempt: 2$/m);
    expect(board.read("mine.txt")).toBe("1\n");
  });

  it("a task that only a popped stash took away comes back; one that a person removes does not", async () => {
    const board = await liveBoard({ files: { "board/backlog/a.md": "# A\n", "board/backlog/b.md": "# B\n" } });
    rmSync(join(board.root, "board/backlog/a.md"));
    await board.git("stash", "--quiet");
    await board.start();
    await board.git("stash", "pop", "--quiet");
    await soon(board, "the task is back", () => board.lane("a") === "backlog");
    await settled(board);
    expect(await board.git("show", "main:board/backlog/a.md")).toBe("# A");

    await soon(board, "a person may remove it", async () => {
      rmSync(join(board.root, "board/backlog/b.md"), { force: true });
      await sleep(500);
      return (await board.git("ls-tree", "--name-only", "main", "board/backlog/b.md")) === "";
    });
    expect(board.lanes("b")).toEqual([]);
  });

  it("a task that a person removed stays removed, whatever else is stashed and popped right after", async () => {
    const board = await liveBoard({
      files: { "board/backlog/a.md": "# A\n", "board/backlog/b.md": "# B\n", "board/backlog/c.md": "# C\n" },
    });
    await commitOwn(board);
    await board.start();
    for (const [id, commands] of [
      ["a", [["stash"]]],
      ["b", [["stash"], ["stash", "pop"]]],
    ] as const) {
      rmSync(join(board.root, `board/backlog/${id}.md`));
      await settled(board);
      board.write("mine.txt", `${id}\n`);
      for (const args of commands) await board.git(...args, "--quiet");
      for (const line of ["one", "two"]) {
        board.write("board/backlog/c.md", `# C\n\n${id} ${line}\n`);
        await settled(board);
      }
      expect(board.lanes(id)).toEqual([]);
    }
    expect(await board.git("log", "--format=%s")).not.toMatch(/^Add/m);
  });

  it("a commit of the board that a reset took away is made again", async () => {
    const board = await liveBoard({ files: { "board/backlog/a.md": "# A\n", "board/backlog/b.md": "# B\n" } });
    const before = await board.git("rev-parse", "HEAD");
    board.mv("a", "blocked");
    board.write("sessions/a/note.md", "# Said\n");
    await board.git("add", "--all", "board", "sessions");
    await board.git("commit", "--quiet", "--message", "Move a");
    // As `git reset --hard` does when somebody commits after it has read HEAD.
    await board.git("read-tree", "--reset", "-u", before);
    await board.git("update-ref", "-m", "reset: moving to HEAD", "HEAD", before);
    expect(board.lane("a")).toBe("backlog");
    // The next stash comes before anybody has looked.
    await board.git("reset", "--quiet", "--hard");

    await board.start();
    await inLane(board, "a", "blocked");
    await settled(board);
    expect(await board.git("show", "main:sessions/a/note.md")).toBe("# Said");
    expect(board.lanes("b")).toEqual(["backlog"]);
  });

  it("entries of the index that are neither on disk nor committed go; what a person staged stays", async () => {
    const board = await liveBoard({ files: { "board/backlog/a.md": "# A\n" } });
    await commitOwn(board);
    board.write("mine.txt", "staged\n");
    await board.git("add", "mine.txt");
    const blob = await board.git("rev-parse", "HEAD:board/backlog/a.md");
    await board.git("update-index", "--add", "--cacheinfo", `100644,${blob},board/doing/a.md`);
    await board.git("update-index", "--force-remove", "board/backlog/a.md");
    // Nobody tells of an index that is written: the sweep finds it.
    await board.start({ args: ["--poll", "500ms"] });
    await settled(board);
    expect(await board.git("status", "--porcelain")).toBe("M  mine.txt");

    await board.git("update-index", "--add", "--cacheinfo", `100644,${blob},board/doing/a.md`);
    await settled(board);
    expect(await board.git("status", "--porcelain")).toBe("M  mine.txt");
    expect(board.lanes("a")).toEqual(["backlog"]);
  });

  it("text that a person staged and took off the disk again stays staged, and never becomes a task", async () => {
    const board = await liveBoard({ files: { "board/backlog/a.md": "# A\n", "board/backlog/b.md": "# B\n" } });
    const readme = board.read("board/README.md");
    await board.start({ args: ["--poll", "500ms"] });
    const own = [
      ...(await entryOf(board, "board/README.md", `${readme}\nA paragraph\n`)),
      ...(await entryOf(board, "board/backlog/a.md", "# A\n\nA paragraph\n")),
      ...(await entryOf(board, "board/planned/new.md", shellTask("echo no"))),
    ];
    await board.git("update-index", "--force-remove", "board/backlog/b.md");
    // The daemon's own leftover goes, and tells that the index was looked at.
    await board.git("update-index", "--add", ...own, ...(await entryOf(board, "board/doing/a.md", "# A\n")));
    await soon(board, "the leftover is gone", async () => (await board.git("ls-files", "board/doing/a.md")) === "");

    expect((await board.git("status", "--porcelain")).split("\n")).toEqual([
      "MM board/README.md",
      "MM board/backlog/a.md",
      "D  board/backlog/b.md",
      "AD board/planned/new.md",
      "?? board/backlog/b.md",
    ]);
    expect(await board.git("show", ":board/README.md")).toBe(`${readme}\nA paragraph`);
    expect(board.lanes("new")).toEqual([]);
  });
});

/** Arguments for `git update-index` that stage this text, wherever the disk is. */
async function entryOf(board: LiveBoard, path: string, text: string): Promise<string[]> {
  board.write(".git/entry", text);
  return ["--cacheinfo", `100644,${await board.git("hash-object", "-w", ".git/entry")},${path}`];
}

async function commitOwn(board: LiveBoard): Promise<void> {
  board.write("mine.txt", "0\n");
  await board.git("add", "mine.txt");
  await board.git("commit", "--quiet", "--message", "Mine");
}

function linesOf(path: string): string[] {
  return readFileSync(path, { encoding: "utf8", flag: "a+" })
    .trim()
    .split("\n")
    .filter((it) => it !== "")
    .toSorted();
}
