import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyCommit } from "../../../src/apply/commit.ts";
import { applyEdit } from "../../../src/apply/edit.ts";
import { putSessionsBack, rememberSession } from "../../../src/apply/kept-sessions.ts";
import { recover } from "../../../src/apply/recover.ts";
import type { Edit } from "../../../src/decide/action.ts";
import { applyBoard, editOf } from "./apply-board.ts";

const ODD = "\ufeff---\r\ntitle:   'Odd'  # kept\r\ntags: [ a,b ]\r\n---\r\nBody\r\n";

describe("an edit", () => {
  it("moves the file and changes only its keys, byte for byte", async () => {
    const board = await applyBoard({ "board/planned/epic/a.md": ODD });
    const outcome = await applyEdit(
      board.world,
      editOf(board, "board/planned/epic/a.md", {
        toLane: "doing",
        set: [
          ["assigned", "A"],
          ["attempt", 1],
        ],
      }),
    );

    expect(outcome).toEqual({ state: "applied", touched: ["board/planned/epic/a.md", "board/doing/epic/a.md"] });
    expect(board.has("board/planned/epic/a.md")).toBe(false);
    const text = board.read("board/doing/epic/a.md");
    expect(text.replace(/(assigned|attempt): .*\r\n/g, "")).toBe(ODD);
    expect(text).toMatch(/assigned: A\r\n/);
  });

  it("a mere move keeps the inode, so that an editor that has it open goes on in the new place", async () => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n" });
    const path = join(board.root, "board/planned/a.md");
    const { ino } = statSync(path);
    const open = openSync(path, "a");
    await applyEdit(board.world, editOf(board, "board/planned/a.md", { toLane: "backlog" }));
    writeSync(open, "more\n");
    closeSync(open);
    expect(statSync(join(board.root, "board/backlog/a.md")).ino).toBe(ino);
    expect(board.read("board/backlog/a.md")).toBe("# A\nmore\n");
  });

  it("that changes nothing touches nothing", async () => {
    const board = await applyBoard({ "board/planned/a.md": "---\npriority: high\n---\n" });
    expect(await applyEdit(board.world, editOf(board, "board/planned/a.md", { set: [["stale", null]] }))).toEqual({
      state: "applied",
      touched: [],
    });
  });

  it.each<[string, (board: { write(path: string, text: string): void }) => void, string]>([
    ["changed meanwhile", (board) => board.write("board/planned/a.md", "# New\n"), "skipped"],
    ["has a namesake where it goes", (board) => board.write("board/doing/a.md", "# Other\n"), "failed"],
  ])("is not carried out when the file %s", async (_, meddle, state) => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n" });
    const edit = editOf(board, "board/planned/a.md", { toLane: "doing", set: [["assigned", "A"]] });
    meddle(board);
    const before = namesBelow(board.root);
    expect((await applyEdit(board.world, edit)).state).toBe(state);
    expect(namesBelow(board.root)).toEqual(before);
  });

  it("of a file that cannot be edited fails alone", async () => {
    const board = await applyBoard({ "board/planned/a.md": "---\n- a list\n---\n" });
    const edit = editOf(board, "board/planned/a.md", { set: [["assigned", "A"]] });
    expect(await applyEdit(board.world, edit)).toMatchObject({ state: "failed" });
    expect(board.read("board/planned/a.md")).toBe("---\n- a list\n---\n");
  });

  it.each(["../evil.md", "board/../../evil.md", "sessions/a/x.md"])("never leaves the board: %s", async (path) => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n" });
    const edit = { ...editOf(board, "board/planned/a.md", { toLane: "doing" }), path };
    expect((await applyEdit(board.world, edit)).state).toBe("skipped");
  });

  it("files accepted tasks by month once there are many", async () => {
    const many = Object.fromEntries(Array.from({ length: 205 }, (_, index) => [`board/done/t${index}.md`, "# T\n"]));
    const board = await applyBoard(
      { ...many, "board/for_review/a.md": "# A\n" },
      { clock: () => Date.UTC(2026, 10, 20) },
    );
    await applyEdit(board.world, editOf(board, "board/for_review/a.md", { toLane: "done" }));
    expect(board.has("board/done/2026-11/a.md")).toBe(true);
    await applyEdit(
      board.world,
      editOf(board, "board/done/2026-11/a.md", { toLane: "blocked", set: [["blocked", "no"]] }),
    );
    expect(board.read("board/blocked/a.md")).toContain("blocked:");
  });

  it("pauses a board that has no settings file by making one, and never one that is there", async () => {
    const board = await applyBoard({});
    const edit: Edit = {
      kind: "edit",
      intent: "pause-board",
      taskId: null,
      path: "board/board.md",
      expectBlob: null,
      toLane: null,
      set: [["paused", "same failure"]],
      subject: "Pause",
      trailers: [],
      notice: null,
    };
    expect(await applyEdit(board.world, edit)).toEqual({ state: "applied", touched: ["board/board.md"] });
    expect(board.read("board/board.md")).toBe("---\npaused: same failure\n---\n");
    expect((await applyEdit(board.world, edit)).state).toBe("failed");
  });

  it("pauses the board and marks the session that did it", async () => {
    const board = await applyBoard({
      "board/board.md": "---\n# mine\nslots: 1\n---\nnotes\n",
      "sessions/a/engineer.md": "---\nstate: failed\n---\n\nNo.\n",
    });
    // The daemon wrote it a moment ago.
    rememberSession(board.world, "sessions/a/engineer.md", board.read("sessions/a/engineer.md"));
    const outcome = await applyEdit(
      board.world,
      editOf(board, "board/board.md", {
        intent: "pause-board",
        set: [["paused", "same failure"]],
        marksSessions: ["sessions/a/engineer.md"],
      }),
    );
    expect(outcome).toEqual({ state: "applied", touched: ["board/board.md", "sessions/a/engineer.md"] });
    expect(board.read("board/board.md")).toMatch(/# mine\nslots: 1\npaused: same failure\n---\nnotes/);
    await board.commit();
    expect(await putSessionsBack(board.world)).toEqual([]);
    expect((await board.look()).sessions.get("a")?.[0]?.pausedBoard).toBe(true);
  });

  it("marks more sessions of a board that is paused, without a touch to the settings", async () => {
    const path = "sessions/a/engineer.md";
    const settings = "---\npaused:   'no'  # mine\n---\n";
    const board = await applyBoard({ "board/board.md": settings, [path]: "---\nstate: failed\n---\n" });
    const edit = editOf(board, "board/board.md", { intent: "mark-failures", marksSessions: [path] });
    expect(await applyEdit(board.world, edit)).toEqual({ state: "applied", touched: [path] });
    expect(board.read(path)).toMatch(/\npaused_board: true\n---\n$/);
    expect(board.read("board/board.md")).toBe(settings);
    expect((await applyEdit(board.world, { ...edit, marksSessions: ["sessions/gone/x.md"] })).state).toBe("skipped");
  });
});

describe("the commit of a tick", () => {
  it("takes edits and people's changes in one, says what they did, and leaves the user's own work alone", async () => {
    const board = await applyBoard({
      "board/planned/a.md": "# A\n",
      "board/planned/b.md": "# B\n",
      "board/planned/c.md": "# C\n",
    });
    board.write("src/app.txt", "staged\n");
    await board.git("add", "src/app.txt");
    board.write("src/app.txt", "unstaged\n");
    renameSync(join(board.root, "board/planned/b.md"), join(board.root, "board/doing/b.md"));
    board.write("board/backlog/new.md", "# New\n");
    board.write("sessions/c/tester.md", "---\nstate: done\npersona: tester\nslot: B\ncost_usd: 0.5\n---\n\nOk.\n");
    board.write("board/for_review/.note.md.swp", "x");
    const edit = editOf(board, "board/planned/a.md", {
      toLane: "doing",
      set: [["assigned", "A"]],
      subject: "Assign a to slot A",
      trailers: [
        ["Task", "a"],
        ["Lane", "planned..doing"],
      ],
    });
    const outcome = await applyEdit(board.world, edit);
    const { uncommitted } = await board.look();
    const touched = outcome.state === "applied" ? outcome.touched : [];
    const commit = await applyCommit(board.world, {
      boardBranch: "main",
      edits: [{ edit, touched }],
      changes: uncommitted,
    });

    expect(commit.state).toBe("committed");
    const message = await board.git("log", "-1", "--format=%B");
    expect(message).toMatch(/^Assign a to slot A and \d more changes/);
    for (const line of [
      "- Move b from planned to doing",
      "- Add new to backlog",
      "- Record tester of c: done",
      "Persona: tester",
      "Cost-USD: 0.50",
    ]) {
      expect(message).toContain(line);
    }
    expect(await board.git("status", "--porcelain", "--", "board", "sessions")).toBe(
      "?? board/for_review/.note.md.swp",
    );
    expect(await board.git("diff", "--cached", "--name-only")).toBe("src/app.txt");
    expect(await board.git("show", ":src/app.txt")).toBe("staged");
    expect(readFileSync(join(board.root, "src/app.txt"), "utf8")).toBe("unstaged\n");
  });

  it("leaves a change alone that is no longer what was seen", async () => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n" });
    board.write("board/planned/new.md", "# New\n");
    const { uncommitted } = await board.look();
    renameSync(join(board.root, "board/planned/new.md"), join(board.root, "board/doing/new.md"));
    expect(await applyCommit(board.world, { boardBranch: "main", edits: [], changes: uncommitted })).toEqual({
      state: "nothing",
    });
  });

  it("names first what stops or blocks work, by whomever", async () => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n", "board/doing/b.md": "# B\n" });
    const assign = editOf(board, "board/planned/a.md", { toLane: "doing", subject: "Assign a to slot A" });
    const block = editOf(board, "board/doing/b.md", { intent: "block", toLane: "blocked", subject: "Block b" });
    const subject = async (settings: string, ...edits: Edit[]): Promise<string> => {
      board.write("board/board.md", `---\n${settings}\n---\n`);
      for (const edit of edits) await applyEdit(board.world, edit);
      const { uncommitted: changes } = await board.look();
      const touched = edits.map((edit) => ({ edit, touched: [edit.path] }));
      await applyCommit(board.world, { boardBranch: "main", edits: touched, changes });
      return await board.git("log", "-1", "--format=%s");
    };
    expect(await subject("slots: 1", assign, block)).toMatch(/^Block b and \d more changes$/);
    expect(await subject("paused: enough")).toBe("Pause the board: enough");
    expect(await subject("slots: 1")).toBe("Let the board go on");
    expect(await subject("slots: 2")).toBe("Edit board/board.md");
  });

  it("does not take a file that was emptied since it was seen", async () => {
    const board = await applyBoard({ "board/doing/a.md": "# A\n" });
    board.write("board/doing/a.md", "# B\n");
    const { uncommitted: changes } = await board.look();
    board.write("board/doing/a.md", "");
    expect(await applyCommit(board.world, { boardBranch: "main", edits: [], changes })).toEqual({ state: "nothing" });
  });

  it("commits nothing outside board/ and sessions/", async () => {
    const board = await applyBoard({});
    board.write("src/app.txt", "mine\n");
    const changes = [{ path: "src/app.txt", blobSha: "1", headSha: "2" }];
    expect(await applyCommit(board.world, { boardBranch: "main", edits: [], changes })).toEqual({ state: "nothing" });
  });

  it("takes a thousand moves at once", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`board/backlog/t${index}.md`, `# ${index}\n`]),
    );
    const board = await applyBoard(many);
    for (const path of Object.keys(many)) {
      renameSync(join(board.root, path), join(board.root, path.replace("backlog", "planned")));
    }
    await board.commit();
    expect(await board.git("status", "--porcelain")).toBe("");
    expect((await board.git("ls-tree", "--name-only", "main:board/planned")).split("\n")).toHaveLength(1001);
  });
});

describe("a late write through an open file", () => {
  it("becomes the file's content again, with the daemon's keys", async () => {
    const board = await applyBoard({ "board/planned/a.md": "---\ntitle: A\n---\nold\n" });
    const open = openSync(join(board.root, "board/planned/a.md"), "r+");
    const edit = editOf(board, "board/planned/a.md", {
      toLane: "doing",
      set: [
        ["assigned", "A"],
        ["attempt", 2],
      ],
    });
    const outcome = await applyEdit(board.world, edit);
    await applyCommit(board.world, {
      boardBranch: "main",
      edits: [{ edit, touched: outcome.state === "applied" ? outcome.touched : [] }],
      changes: [],
    });
    writeSync(open, "---\ntitle: A\n---\nnew\n", 0);
    closeSync(open);
    await new Promise((resolve) => setTimeout(resolve, 150));

    expect(await recover(board.world)).toEqual(["board/doing/a.md"]);
    expect(board.read("board/doing/a.md")).toBe("---\ntitle: A\nassigned: A\nattempt: 2\n---\nnew\n");
    await board.commit();
    expect(await board.git("show", "HEAD~1:board/doing/a.md")).toContain("old");
    expect(await board.git("show", "HEAD:board/doing/a.md")).toContain("new");
    expect(existsSync(join(board.root, "board/planned/a.md"))).toBe(false);
    expect(await recover(board.world)).toEqual([]);
  });
});

function namesBelow(root: string): string[] {
  return readdirSync(join(root, "board"), { recursive: true, encoding: "utf8" }).toSorted();
}
