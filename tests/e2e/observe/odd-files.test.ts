import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { changesOf, lanesOf, observedBoard, taskOf } from "./observed-board.ts";

it("shows a broken file in its lane with path and line, and goes on with the rest", async () => {
  const board = await observedBoard({
    "board/planned/bad.md": "---\ntitle: a: b\n---\n",
    "board/planned/twice.md": "---\ntitle: a\ntitle: b\n---\n",
    "board/planned/code.md": "---js\nprocess.exit(1)\n---\n",
    "board/planned/good.md": "# Good\n",
  });
  writeFileSync(board.at("board/planned/bytes.md"), Buffer.from([0x23, 0x20, 0xff, 0xfe]));

  const snapshot = await board.look();

  expect(taskOf(snapshot, "good").task?.title).toBe("Good");
  for (const id of ["bad", "twice", "code", "bytes"]) {
    const view = taskOf(snapshot, id);
    expect(view).toMatchObject({ task: null, lane: "planned", isNameOnly: false });
    expect(view.findings[0]).toMatchObject({ path: `board/planned/${id}.md`, severity: "error", code: "TASK_INVALID" });
    expect(snapshot.findings).toContainEqual(view.findings[0]);
  }
  expect(taskOf(snapshot, "bad").findings[0]?.line).toBe(2);
  expect(changesOf(snapshot)).toEqual(["board/planned/bytes.md new"]);
});

it("never follows a link and never opens a pipe or a socket, named like a task or taking a task's place", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n", "board/doing/b.md": "# B\n" });
  await board.look();
  symlinkSync("/etc/passwd", board.at("board/planned/link.md"));
  execFileSync("mkfifo", [board.at("board/planned/pipe.md")]);
  const server = createServer().listen(board.at("board/planned/plug.md"));
  onTestFinished(() => void server.close());
  unlinkSync(board.at("board/doing/a.md"));
  symlinkSync("/etc/passwd", board.at("board/doing/a.md"));
  unlinkSync(board.at("board/doing/b.md"));
  execFileSync("mkfifo", [board.at("board/doing/b.md")]);

  await board.look();
  board.later(10_000);
  const snapshot = await board.look();

  expect(snapshot.tasks).toEqual([]);
  expect(changesOf(snapshot)).toEqual([]);
  const words = snapshot.findings.map(({ path, severity, message }) => [
    path,
    severity,
    message.replace(`${path} `, ""),
  ]);
  expect(words.toSorted()).toEqual([
    ["board/doing/a.md", "warning", "is a symlink: only regular files are read"],
    ["board/doing/b.md", "warning", "is a fifo: only regular files are read"],
    ["board/planned/link.md", "warning", "is a symlink: only regular files are read"],
    ["board/planned/pipe.md", "warning", "is a fifo: only regular files are read"],
    ["board/planned/plug.md", "warning", "is a socket: only regular files are read"],
  ]);
});

it("does not go through a linked folder, and mentions folders that are none of ours", async () => {
  const board = await observedBoard({ "outside/x.md": "# X\n" });
  symlinkSync(board.at("outside"), board.at("board/planned/epic"));
  mkdirSync(board.at("board/planned/folder.md"));
  writeFileSync(board.at("board/planned/folder.md/y.md"), "# Y\n");
  board.write({ "board/todo/z.md": "# Z\n" });

  const snapshot = await board.look();

  expect(snapshot.tasks).toEqual([]);
  expect(snapshot.findings.map(({ path, code }) => [path, code]).toSorted()).toEqual([
    ["board/planned/folder.md", "TASK_INVALID"],
    ["board/todo", "LANE_UNKNOWN"],
  ]);
});

it("does not read a file of five megabytes, but commits that it moved", async () => {
  const board = await observedBoard({ "board/planned/big.md": `# Big\n${"x".repeat(5_000_000)}\n` });
  await board.look();
  renameSync(board.at("board/planned/big.md"), board.at("board/doing/big.md"));

  const snapshot = await board.look("board/planned/big.md");

  expect(taskOf(snapshot, "big").task).toBeNull();
  expect(taskOf(snapshot, "big").findings[0]?.message).toContain("at most 1 MiB");
  expect(changesOf(snapshot)).toEqual(["board/doing/big.md new", "board/planned/big.md removed"]);
  expect(taskOf(snapshot, "big").blobSha).toBe(await board.git("rev-parse", "HEAD:board/planned/big.md"));
});

it("shows names that do not work everywhere, and does not take them for ids to run", async () => {
  const board = await observedBoard();
  const names = ["-rf.md", "CON.md", "a\nb.md", "x\u202Egnp.md", "trailing .md", `${"n".repeat(240)}.md`];
  for (const name of names) writeFileSync(board.at(`board/planned/${name}`), "# A\n");

  const snapshot = await board.look();

  expect(snapshot.tasks).toHaveLength(names.length);
  for (const view of snapshot.tasks) {
    expect(view.task).toBeNull();
    expect(view.findings[0]?.code).toBe("NAME_NOT_PORTABLE");
  }
});

it("survives a file that comes and goes while it looks", async () => {
  const board = await observedBoard({ "board/planned/a.md": "# A\n" });
  await board.look();
  writeFileSync(board.at("board/planned/b.md"), "# B\n");

  const seen = await board.look(
    "board/planned/b.md",
    "board/planned/never.md",
    "board/planned/never/at-all.md",
    "board//",
    "../x",
  );
  unlinkSync(board.at("board/planned/b.md"));

  expect(lanesOf(seen)).toEqual({ a: "planned", b: "planned" });
  expect(lanesOf(await board.look("board/planned/b.md"))).toEqual({ a: "planned" });
});

it.skipIf(process.getuid?.() === 0)(
  "shows a file that it may not read, and takes a lane it may not list for no empty one",
  async () => {
    const board = await observedBoard({ "board/planned/a.md": "# A\n", "board/doing/b.md": "# B\n" });
    await board.look();
    chmodSync(board.at("board/planned/a.md"), 0);
    const unread = await board.look("board/planned/a.md");
    chmodSync(board.at("board/doing"), 0);
    const unlisted = await board.look();
    chmodSync(board.at("board/doing"), 0o755);

    expect(taskOf(unread, "a")).toMatchObject({ task: null, blobSha: null });
    expect(taskOf(unread, "a").findings[0]?.message).toContain("permission denied");
    expect(unlisted.repo.state).toBe("missing");
    expect(unlisted.uncommitted).toEqual([]);
    expect((await board.look()).repo.state).toBe("ready");
  },
);
