import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import {
  agentsOf,
  boardCommitted,
  expectSound,
  inLane,
  inState,
  kanband,
  sessionText,
  settled,
  soon,
  status,
} from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn, someToday } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(2, 4);

/** How editors save: the program is handed the path and what is typed. */
const EDITORS = {
  "writes in place": 'const f = fs.openSync(path, "r+"); fs.writeSync(f, text, 0); fs.closeSync(f);',
  "truncates, then writes": "fs.truncateSync(path, 0); fs.writeFileSync(path, text);",
  "writes a temp file and renames it": 'fs.writeFileSync(path + "~", text); fs.renameSync(path + "~", path);',
} as const;

/** The points of the read-modify-write at which a save is tried. */
const POINTS = [
  "apply.edit.before-write",
  "files.edit.before-temp",
  "files.edit.after-note",
  "files.edit.after-take",
  "files.edit.after-place",
  "apply.commit.before-commit",
  "git.commit.after-index",
] as const;

const LONG = "echo half >> half.txt\necho working\nwhile [ ! -e ../../../.git/go ]; do sleep 0.1; done";

/** The points one after the other, each with another editor; and with the next one in another turn. */
const TURNS = Object.keys(EDITORS).map((first, turn) => {
  const programs = Object.values(EDITORS);
  return [first, (at: number) => programs[(at + turn) % programs.length] ?? ""] as const;
});

describe.each(someToday(TURNS, TURNS.length, 4))("editors, at first one that %s", (_, programAt) => {
  it("save at every point of the daemon's read-modify-write: what was typed stays", async () => {
    const board = await liveBoard({ settings: "slots: 1\nagent: shell\ngrace: 1s\n" });
    const hold = join(board.root, ".git/hold");
    for (const at of POINTS.keys()) writeFileSync(`${hold}-${at}.go`, "");
    const rules = POINTS.map((it, at) => `${it}=hold:${hold}-${at}`).join(",");
    await board.start({ env: { KANBAND_FAILPOINTS: rules } });
    const typed: string[] = [];

    for (const [at, point] of POINTS.entries()) {
      const id = `t${at}`;
      rmSync(`${hold}-${at}.at`, { force: true });
      rmSync(`${hold}-${at}.go`);
      board.write(`board/planned/${id}.md`, shellTask(`echo ${at} > ${id}.txt`));
      await soon(board, `${point} is reached`, () => existsSync(`${hold}-${at}.at`));
      const path = board.find(id);
      if (path !== null) typed.push(...typeInto(board, path, programAt(at), `typed at ${point}`));
      writeFileSync(`${hold}-${at}.go`, "");
      await inLane(board, id, "for_review");
      // The commit of the hand-over passes the next point as well: held there, it would be waited for in vain.
      await boardCommitted(board);
    }

    expect(typed.length).toBeGreaterThan(POINTS.length / 2);
    for (const text of typed) expect(await board.git("log", "-p", "--format=", "main", "--", "board")).toContain(text);
    await expectSound(board);
  });
});

describe("a file that is moved or deleted at the worst moment", () => {
  it.each(["apply.launch.before-session", "apply.launch.after-start", "apply.collect.before-session"])(
    "moved to backlog/ at %s: it stays there, the run ends, the work is kept",
    async (point) => {
      const board = await liveBoard();
      const hold = join(board.root, ".git/hold");
      await board.start({ env: { KANBAND_FAILPOINTS: `${point}=hold:${hold}@1` } });
      const isAtEnd = point.includes("collect");
      board.write("board/planned/moved.md", shellTask(isAtEnd ? "echo half > half.txt" : LONG));
      await soon(board, "the point is reached", () => existsSync(`${hold}.at`));

      board.mv("moved", "backlog");
      writeFileSync(`${hold}.go`, "");
      await soon(board, "the session says how it ended", () => {
        return /^state: (stopped|done)$/m.test(sessionText(board, "moved"));
      });
      await soon(board, "no process is left", () => agentsOf(board).length === 0);
      await settled(board);

      expect(board.lanes("moved")).toEqual(["backlog"]);
      expect(board.read("board/backlog/moved.md")).not.toMatch(/^assigned:/m);
      if (isAtEnd) expect(await board.git("log", "--all", "--format=%H", "--", "half.txt")).not.toBe("");
      await expectSound(board);
    },
  );

  it("deleted in mid-run: the run ends, its work and the text are in git", async () => {
    const board = await liveBoard();
    await board.start();
    board.write("board/planned/gone.md", `${shellTask(LONG)}\nWords of mine.\n`);
    await soon(board, "it works", () => sessionText(board, "gone").includes("working"));
    rmSync(join(board.boardRoot, "board/doing/gone.md"));

    await inState(board, "gone", "stopped");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    await settled(board);

    expect(board.lanes("gone")).toEqual([]);
    expect(await board.git("log", "-p", "--format=", "main", "--", "board")).toContain("Words of mine.");
    expect(await board.git("log", "--all", "--format=%H", "--", "half.txt")).not.toBe("");
  });

  it("a stale buffer saved to the old lane: an unmodified one goes, a changed one is named and nothing is deleted", async () => {
    const buffer = shellTask(LONG);
    const board = await liveBoard({
      settings: "slots: 3\nagent: shell\ngrace: 1s\n",
      files: { "board/planned/same.md": buffer, "board/planned/changed.md": buffer },
    });
    await board.start();
    // Claimed before it could be committed where it was.
    board.write("board/planned/dropped.md", buffer);
    for (const id of ["same", "changed", "dropped"])
      await soon(board, `${id} works`, () => sessionText(board, id).includes("working"));
    await boardCommitted(board);

    board.write("board/planned/same.md", buffer);
    board.write("board/planned/dropped.md", buffer);
    board.write("board/planned/changed.md", `${buffer}\nTyped into a stale buffer.\n`);
    for (const id of ["same", "dropped"])
      await soon(board, `the unmodified ${id} is gone`, () => board.lanes(id).every((it) => it === "doing"));
    await soon(board, "the other is named", async () => {
      const { findings } = await status(board);
      const texts = findings.filter(({ code }) => code === "TASK_DUPLICATE").map((it) => `${it.path} ${it.message}`);
      return texts.some((it) => it.includes("board/planned/changed.md") && it.includes("board/doing/changed.md"));
    });
    writeFileSync(join(board.root, ".git/go"), "");
    await inLane(board, "same", "for_review");
    await inLane(board, "dropped", "for_review");
    expect(sessionText(board, "dropped")).toMatch(/^attempt: 1$/m);

    expect(board.read("board/planned/changed.md")).toContain("Typed into a stale buffer.");
    expect(board.lanes("changed")).toHaveLength(2);
    expect((await kanband(board.root, ["check"])).exitCode).toBe(1);

    const older = board.lanes("changed").find((it) => it !== "planned") ?? "doing";
    renameSync(join(board.boardRoot, "board/planned/changed.md"), join(board.boardRoot, `board/${older}/changed.md`));
    await inLane(board, "changed", "for_review");
    await settled(board);
    expect(board.read("board/for_review/changed.md")).toContain("Typed into a stale buffer.");
    await expectSound(board);
  });
});

/**
 * Saves through a program of its own, as an editor does, at whatever is there; answers the text that was typed: none when the
 * file moved on while the editor started.
 */
function typeInto(board: LiveBoard, path: string, program: string, words: string): string[] {
  const script = `const fs = require("node:fs"); const [path, words] = process.argv.slice(1);
    const text = fs.readFileSync(path, "utf8") + "\\n" + words + "\\n"; ${program}`;
  const full = join(board.boardRoot, path);
  try {
    execFileSync(process.execPath, ["-e", script, full, words], { stdio: "pipe" });
    return [words];
  } catch (error) {
    if (existsSync(full)) throw error;
    return [];
  }
}
