import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitRepo } from "../../helpers/git-repo.ts";
import { runCli, runCliJson } from "../../helpers/run-cli.ts";
import { boardRepo } from "./board-repo.ts";

const TASK = "---\ntitle: 'Fix  the login'   # as it is\nowner: me\n---\n\nDo it.\n";

function read(root: string, path: string): string {
  return readFileSync(join(root, path), "utf8");
}

describe("kanband new", () => {
  it("writes a file and nothing else", async () => {
    const { root, git } = await boardRepo();

    const made = await runCliJson(root, ["new", "Add /users endpoint"]);

    expect(made).toEqual({
      task: "add-users-endpoint",
      lane: "backlog",
      path: "board/backlog/add-users-endpoint.md",
      warnings: [],
    });
    expect(read(root, "board/backlog/add-users-endpoint.md")).toBe("---\ntitle: Add /users endpoint\n---\n");
    expect(await git("status", "--porcelain", "-uall")).toBe("?? board/backlog/add-users-endpoint.md");
  });

  it("prints paths as they are where the person stands, and makes a lane that is missing", async () => {
    const { root } = await gitRepo({ "src/a.txt": "x\n" });
    const init = await runCli(root, ["init", "--branch", "kanban"]);
    rmSync(join(root, "kanban/board/backlog"), { recursive: true });

    const made = await runCli(join(root, "src"), ["new", "Say hello"]);
    const why = await runCli(root, ["why", "say-hello"]);
    const moved = await runCli(root, ["move", "say-hello", "blocked"]);
    const again = await runCli(root, ["move", "say-hello", "blocked"]);

    expect(init.stdout).toContain("kanban/board/board.md");
    expect(made.stdout).toMatch(/^say-hello {2}\.\.\/kanban\/board\/backlog\/say-hello\.md$/m);
    expect(existsSync(join(root, "kanban/board/blocked/say-hello.md"))).toBe(true);
    expect(why.stdout).toMatch(/file {2}kanban\/board\/backlog\/say-hello\.md$/m);
    expect(moved.stdout).toContain("kanban/board/blocked/say-hello.md");
    expect(again.stdout).toMatch(/was in blocked already[^]*Nothing was changed/);
    expect(again.stdout).not.toContain("stopped");
  });

  it("takes lane, priority, persona, dependencies and a text", async () => {
    const { root } = await boardRepo({ "board/done/add-login.md": "---\nid: T-1\n---\n" });
    const args = ["--lane", "planned", "--priority", "high", "--persona", "tester", "--depends", "T-1", "--body", "-"];

    const { exitCode } = await runCli(root, ["new", "Fix login", ...args], { stdin: "As it was.\n" });

    expect(exitCode).toBe(0);
    const text = read(root, "board/planned/fix-login.md");
    expect(text).toContain("priority: high\npersona: tester\ndependencies: [add-login]\n---\n\nAs it was.\n");
    expect(await runCliJson(root, ["check"])).toMatchObject({ findings: [] });
  });

  it("never takes an id over: not in another lane, not one of a session, not one in another case", async () => {
    const { root } = await boardRepo({
      "board/done/2026-10/fix-login.md": TASK,
      "sessions/fix-login-2/engineer.md": "x",
      "board/backlog/Fix-Login-3.md": "",
    });

    expect(await runCliJson(root, ["new", "Fix login"])).toMatchObject({ task: "fix-login-4" });
    expect(await runCliJson(root, ["new", "Fix login"])).toMatchObject({ task: "fix-login-5" });
  });

  it.each([
    ["an empty title", ["new", " "], "title is empty"],
    ["an unknown lane", ["new", "a", "--lane", "dong"], "expected one of"],
    ["an unknown dependency", ["new", "a", "--depends", "nope"], "no task 'nope'"],
  ])("refuses %s", async (_, args, text) => {
    const { root, git } = await boardRepo();

    const result = await runCli(root, args);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(text);
    expect(await git("status", "--porcelain")).toBe("");
  });
});

describe("kanband move", () => {
  it("is a plain mv: the bytes stay, nothing is committed", async () => {
    const { root, git } = await boardRepo({ "board/backlog/fix-login.md": TASK });
    const before = await git("rev-parse", "HEAD");

    const result = await runCli(root, ["move", "fix-login", "planned"]);

    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toContain("backlog -> planned");
    expect(result.stdout).toContain("No daemon is running");
    expect(read(root, "board/planned/fix-login.md")).toBe(TASK);
    expect(existsSync(join(root, "board/backlog/fix-login.md"))).toBe(false);
    expect(await git("rev-parse", "HEAD")).toBe(before);
  });

  it("keeps the folder of an epic, and leaves the months of done/ behind", async () => {
    const { root } = await boardRepo({ "board/backlog/epic/a.md": TASK, "board/done/2026-10/b.md": TASK });

    expect(await runCliJson(root, ["move", "a", "planned"])).toMatchObject({ path: "board/planned/epic/a.md" });
    expect(await runCliJson(root, ["move", "b", "planned"])).toMatchObject({ path: "board/planned/b.md" });
  });

  it.each(["fix-login", "FIX-LOGIN", "fix-login.md", "board/backlog/fix-login.md", "WP-7"])(
    "knows the task as %s",
    async (word) => {
      const { root } = await boardRepo({ "board/backlog/fix-login.md": "---\nid: WP-7\n---\n" });

      expect(await runCliJson(root, ["move", word, "planned"])).toMatchObject({ task: "fix-login" });
    },
  );

  it.each([
    ["fix-logn", "fix-login"],
    ["login", "fix-login"],
    ["login fix", "fix-login"],
  ])("suggests for %s", async (word, expected) => {
    const { root } = await boardRepo({ "board/backlog/fix-login.md": TASK });

    const result = await runCli(root, ["move", word, "planned"]);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(`Did you mean ${expected}?`);
  });

  it("moves nothing while two files claim the id", async () => {
    const { root } = await boardRepo({ "board/backlog/a.md": "one\n", "board/planned/a.md": "two\n" });

    const result = await runCli(root, ["move", "a", "done"]);

    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain("board/backlog/a.md");
    expect(result.stderr).toContain("board/planned/a.md");
    expect(existsSync(join(root, "board/done/a.md"))).toBe(false);
  });

  it("works in the own-branch layout, from anywhere in the repository", async () => {
    const { root } = await gitRepo({ "src/a.js": "" });
    await runCli(root, ["init", "--branch", "kanban"]);
    await runCli(join(root, "src"), ["new", "Fix login"]);

    const fromBoard = await runCliJson(join(root, "kanban/board"), ["move", "fix-login", "planned"]);
    const fromCode = await runCliJson(root, ["-C", "src", "move", "fix-login", "backlog"]);

    expect([fromBoard, fromCode]).toMatchObject([{ to: "planned" }, { to: "backlog" }]);
    expect(existsSync(join(root, "kanban/board/backlog/fix-login.md"))).toBe(true);
  });
});

describe("kanband stop", () => {
  it.each([
    ["doing", [], "blocked"],
    ["planned", [], "blocked"],
    ["doing", ["--backlog"], "backlog"],
  ])("takes a task out of %s/ %j", async (lane, flags, to) => {
    const { root } = await boardRepo({ [`board/${lane}/a.md`]: TASK });

    expect(await runCliJson(root, ["stop", "a", ...flags])).toMatchObject({ from: lane, to });
    expect(read(root, `board/${to}/a.md`)).toBe(TASK);
  });

  it("says so when nothing could run", async () => {
    const { root } = await boardRepo({ "board/done/a.md": TASK });

    const result = await runCli(root, ["stop", "a"]);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain("nothing of it runs");
  });
});

describe("kanband accept", () => {
  it("moves a finished task to done/, once", async () => {
    const { root } = await boardRepo({ "board/for_review/a.md": TASK });

    expect(await runCliJson(root, ["accept", "a"])).toMatchObject({ from: "for_review", to: "done" });
    expect(await runCliJson(root, ["accept", "a"])).toMatchObject({ from: "done", to: "done" });
    expect(read(root, "board/done/a.md")).toBe(TASK);
  });

  it.each(["backlog", "planned", "doing", "blocked"])("refuses a task in %s/", async (lane) => {
    const { root } = await boardRepo({ [`board/${lane}/a.md`]: TASK });

    const result = await runCli(root, ["accept", "a"]);

    expect(result.exitCode).toBe(2);
    expect(result.stderr).toContain(`is in ${lane}/`);
    expect(read(root, `board/${lane}/a.md`)).toBe(TASK);
  });
});

describe("kanband rework", () => {
  it("writes the remark below the text and queues the task", async () => {
    const { root } = await boardRepo({ "board/for_review/a.md": TASK });

    await runCli(root, ["rework", "a", "-m", "Also the empty password"]);

    expect(read(root, "board/planned/a.md")).toBe(`${TASK}\n## Feedback\n\nAlso the empty password\n`);
  });

  it("reads a long remark from standard input", async () => {
    const { root } = await boardRepo({ "board/for_review/a.md": TASK });

    await runCli(root, ["rework", "a", "--message", "-"], { stdin: "One.\n\nTwo.\n" });

    expect(read(root, "board/planned/a.md")).toBe(`${TASK}\n## Feedback\n\nOne.\n\nTwo.\n`);
  });

  it("needs no remark, and takes a task from blocked/ or done/ too", async () => {
    const { root } = await boardRepo({ "board/blocked/a.md": TASK, "board/done/b.md": TASK });

    expect(await runCliJson(root, ["rework", "a"])).toMatchObject({ from: "blocked", to: "planned" });
    expect(await runCliJson(root, ["rework", "b"])).toMatchObject({ from: "done", to: "planned" });
    expect(read(root, "board/planned/a.md")).toBe(TASK);
  });

  it("writes no remark into a file that is not UTF-8: it would change what is there", async () => {
    const { root } = await boardRepo({ "board/for_review/a.md": TASK });
    const bytes = Buffer.from([0x23, 0x20, 0xff, 0xfe, 0x0a]);
    writeFileSync(join(root, "board/for_review/a.md"), bytes);

    const result = await runCli(root, ["rework", "a", "-m", "x"]);

    expect(result.exitCode).toBe(4);
    expect(result.stderr).toContain("not valid UTF-8");
    expect(readFileSync(join(root, "board/for_review/a.md")).equals(bytes)).toBe(true);
  });

  it("refuses a task that is being worked on", async () => {
    const { root } = await boardRepo({ "board/doing/a.md": TASK });

    const result = await runCli(root, ["rework", "a", "-m", "x"]);

    expect(result.exitCode).toBe(2);
    expect(read(root, "board/doing/a.md")).toBe(TASK);
  });
});
