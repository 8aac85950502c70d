import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished } from "vitest";
import { findMovableTask } from "../../../src/cli/find-task.ts";
import { readBoard } from "../../../src/cli/read-board.ts";
import { reportError } from "../../../src/cli/report-error.ts";
import { openBoard } from "../../../src/observe/open-board.ts";
import { gitRepo, tempFolder } from "../../helpers/git-repo.ts";
import { mainPath, runCli } from "../../helpers/run-cli.ts";
import { itInTurn } from "../../helpers/today.ts";
import { boardRepo } from "./board-repo.ts";

// Half of them each day.
const it = itInTurn(1, 2);

describe("errors", () => {
  it.each([
    ["an unknown command", ["nonsense"], 2, "USAGE"],
    ["an unknown flag", ["status", "--nonsense"], 2, "USAGE"],
    ["no board", ["status"], 3, "NO_BOARD"],
    ["an unknown task", ["why", "x"], 3, "NO_BOARD"],
    ["no such folder", ["-C", "gone", "status"], 3, "NOT_A_REPOSITORY"],
  ])("%s: code, exit code and hint, on standard error only", async (_, args, exitCode, code) => {
    const { root } = await gitRepo({});

    const result = await runCli(root, args);

    expect(result).toMatchObject({ exitCode, stdout: "" });
    expect(result.stderr).toMatch(new RegExp(`^error ${code} .+\nhint {2}.+\n$`));
  });

  it("says that git is missing", async () => {
    const { root } = await boardRepo();
    const bin = tempFolder();
    symlinkSync(process.execPath, join(bin, "node"));

    const result = await runCli(root, ["status"], { env: { PATH: bin } });

    expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("GIT_MISSING") });
  });

  it("keeps the stack of a bug in the board's log and shows a person two lines", async () => {
    const { root } = await boardRepo();
    mkdirSync(join(root, ".git/kanband/log"), { recursive: true });
    const said: string[] = [];
    const output = { write: (text: string) => void said.push(text), isTerminal: false, hasColor: false };
    const err = { ...output, columns: () => 80, rows: () => 24 };

    const exitCode = await reportError({ dir: root, err }, new Error("boom"));

    const path = join(root, ".git/kanband/log/errors.log");
    expect(exitCode).toBe(70);
    expect(said.join("")).toBe(
      `error INTERNAL something unexpected happened: boom\nhint  This is a bug in kanband; please report it with ${path}.\n`,
    );
    expect(readFileSync(path, "utf8")).toMatch(/^\d{4}-.+Z Error: boom\n {4}at /);
  });
});

describe("output", () => {
  it("has no colours in a pipe", async () => {
    const { root } = await boardRepo({ "board/planned/a.md": "Do it.\n" });

    for (const args of [["status"], ["check"], ["doctor"], ["show", "a"]]) {
      const { stdout } = await runCli(root, args, { env: { FORCE_COLOR: "1" } });
      expect(stdout).not.toContain("\u001B");
    }
  });

  it("has colours on a terminal, unless NO_COLOR is set", async () => {
    const { root } = await boardRepo();
    const inTerminal = async (env: Record<string, string>): Promise<string> => {
      const command = `'${process.execPath}' '${mainPath}' check`;
      const { stdout } = await execa("script", ["-qec", command, "/dev/null"], {
        cwd: root,
        env: { TERM: "xterm", ...env },
      });
      return stdout;
    };

    expect(await inTerminal({ NO_COLOR: "" })).toContain("\u001B[32m");
    expect(await inTerminal({ NO_COLOR: "1" })).not.toContain("\u001B[3");
  });

  it("does not mind a pipe that is closed early", async () => {
    const { root } = await boardRepo({ "board/planned/a.md": "Do it.\n" });

    const { status, stderr } = spawnSync(
      "bash",
      ["-c", `set -o pipefail; '${process.execPath}' '${mainPath}' status | true`],
      {
        cwd: root,
        encoding: "utf8",
      },
    );

    expect([status, stderr]).toEqual([0, ""]);
  });

  it("--version is that of the package, --help names every option", async () => {
    const { root } = await gitRepo({});

    expect((await runCli(root, ["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect((await runCli(root, ["up", "--help"])).stdout).toContain("--until-idle");
    expect((await runCli(root, [])).stdout).toContain("kanband init");
  });
});

describe("the fast path", () => {
  it.each([
    [["status"], false],
    [["why", "a"], false],
    [["completion", "bash", "--", "why", ""], false],
    [["check"], true],
  ])("%j loads yargs: %s", async (args, isLoaded) => {
    const { root } = await boardRepo({ "board/planned/a.md": "Do it.\n" });

    const { exitCode, stderr } = await runCli(root, args, { env: { NODE_OPTIONS: `--import ${SPY}` } });

    expect(exitCode).toBe(0);
    expect(stderr.includes("loaded yargs")).toBe(isLoaded);
  });
});

// Says on standard error when yargs is asked for.
const HOOK = `export async function resolve(name, context, next) {
  if (name === "yargs") process.stderr.write("loaded yargs\\n");
  return next(name, context);
}`;
const SPY = `data:text/javascript,${encodeURIComponent(
  `import { register } from "node:module"; register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(HOOK)}`)});`,
)}`;

describe("completion", () => {
  it("knows commands, tasks and lanes in bash", async () => {
    const { root } = await boardRepo({
      "board/planned/fix-login.md": "Do it.\n",
      "board/done/2026-10/fix-logout.md": "Do it.\n",
    });
    const complete = (line: string): string[] => {
      const script = `source <('${process.execPath}' '${mainPath}' completion bash)
kanband() { '${process.execPath}' '${mainPath}' "$@"; }
COMP_WORDS=(${line.replace(/ $/, ' ""')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _kanband; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const { stdout } = spawnSync("bash", ["-c", script], { cwd: root, encoding: "utf8" });
      return stdout.split("\n").filter((it) => it !== "");
    };

    expect(complete("kanband st")).toEqual(["status", "stop"]);
    expect(complete("kanband why fix")).toEqual(["fix-login", "fix-logout"]);
    expect(complete("kanband move fix-login d")).toEqual(["doing", "done"]);
    expect(complete("kanband up --un")).toEqual(["--until-idle"]);
  });

  it.each(["bash", "zsh", "fish"])("prints a script for %s, outside of any repository too", async (shell) => {
    const { exitCode, stdout } = await runCli(tempFolder(), ["completion", shell]);

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`kanband completion ${shell} --`);
  });
});

describe("a task whose file is gone", () => {
  it("is known by its history, its branch and its sessions", async () => {
    const { root, git } = await boardRepo({ "board/doing/a.md": "x\n", "sessions/a/engineer.md": "y\n" });
    await git("branch", "kanband/a");
    await git("rm", "-q", "board/doing/a.md");
    await git("commit", "-qm", "Remove a from doing\n\nTask: a");

    const [log, show, why, doctor] = await Promise.all([
      ...["log", "show", "why"].map(async (it) => await runCli(root, [it, "a"])),
      runCli(root, ["doctor"]),
    ]);

    expect(log).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Remove a from doing") });
    expect(show?.stdout).toMatch(
      /its file is gone[^]*kanband\/a at [^]*git log -p main\.\.kanband\/a[^]*sessions\/a\//,
    );
    expect(why?.stdout).toMatch(/^a: its file is gone\n {2}work {2}git log -p main\.\.kanband\/a\n/);
    expect(doctor?.stdout).toMatch(/warn +branches +of no task: kanband\/a/);
    expect(await runCli(root, ["log", "b"])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("TASK_UNKNOWN"),
    });
  });
});

describe("a board that is not checked out", () => {
  it("is not taken for one without tasks", async () => {
    const { root, git } = await boardRepo();
    await git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
    await git("branch", "kanband/a");
    await git("switch", "-q", "--orphan", "other");

    const [made, why, strange] = await Promise.all(
      [
        ["new", "X y"],
        ["why", "a"],
        ["why", "b"],
      ].map(async (it) => await runCli(root, it)),
    );

    const way = /is on other, the board is on main: `git switch main`/;
    expect(made).toMatchObject({ exitCode: 4, stderr: expect.stringMatching(/BOARD_ELSEWHERE/) });
    expect(made?.stderr).toMatch(way);
    expect(why?.stdout).toMatch(way);
    expect(strange?.stderr).toMatch(way);
    expect(await git("status", "--porcelain")).toBe("");
  });

  it.each([
    ["another branch", ["switch", "-q", "-c", "other"]],
    ["a detached HEAD", ["switch", "-q", "--detach"]],
  ])("is not moved in: %s, which has the task as well", async (_what, elsewhere) => {
    const { root, git } = await boardRepo({ "board/planned/a.md": "# A\n" });
    await git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
    await git(...elsewhere);
    const board = await openBoard(root);
    onTestFinished(() => board.close());
    const { snapshot } = await readBoard(board);

    expect(snapshot.tasks.map(({ id }) => id)).toEqual(["a"]);
    expect(() => findMovableTask(board, snapshot, "a")).toThrow(/the board is on main: `git switch main`/);
  });
});
