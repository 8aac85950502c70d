import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished } from "vitest";
import { gitAt, tempFolder } from "../../helpers/git-repo.ts";
import { type CliResult, eventually, runCli, startCli } from "../../helpers/run-cli.ts";
import { itInTurn } from "../../helpers/today.ts";

// Half of them each day.
const it = itInTurn(0, 2);

/** One demo for all scenes; its repository is looked at afterwards. */
const demo: { result: CliResult | null; root: string } = { result: null, root: "" };

describe("kanband demo", () => {
  beforeAll(async () => {
    demo.result = await runCli(tmpdir(), ["demo", "--keep"]);
    demo.root = /^Kept: (.+)$/m.exec(demo.result.stdout)?.[1] ?? "";
    return () => rmSync(demo.root, { recursive: true, force: true });
  }, 90_000);

  function output(): string {
    return demo.result?.stdout ?? "";
  }

  function before(first: string, second: string): boolean {
    const [a, b] = [output().indexOf(first), output().indexOf(second)];
    return a >= 0 && b > a;
  }

  it("settles with everything done and merged, and nothing left over", async () => {
    const git = gitAt(demo.root);

    expect(demo.result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(output()).toMatch(/^Settled after \d+ s\.$/m);
    const tasks = readdirSync(join(demo.root, "board/done")).filter((it) => it.endsWith(".md"));
    expect(tasks.length).toBe(7);
    expect(await git("status", "--porcelain")).toBe("");
    expect(await git("branch", "--list", "kanband/*")).toBe("");
    expect(await git("fsck", "--no-dangling")).toBe("");
  });

  it("runs two independent tasks at once, and the one that needs both after both are merged", () => {
    expect(before("count-words  engineer runs", "make-slugs  engineer: done")).toBe(true);
    expect(before("make-slugs  engineer runs", "count-words  engineer: done")).toBe(true);
    expect(before("count-words  merge: merged", "summarise-texts  engineer runs")).toBe(true);
    expect(before("make-slugs  merge: merged", "summarise-texts  engineer runs")).toBe(true);
    expect(readFileSync(join(demo.root, "src/summarise.js"), "utf8")).toContain("countWords");
  });

  it("reworks what the checks did not like", () => {
    expect(before("format-prices  engineer runs", "format-prices  checks: must-fix")).toBe(true);
    expect(before("format-prices  checks: must-fix", "attempt 2")).toBe(true);
    expect(before("attempt 2", "format-prices  checks: clean")).toBe(true);
    expect(readFileSync(join(demo.root, "sessions/format-prices/engineer.md"), "utf8")).toContain("did not like");
  });

  it("flags a silent run as stale, and takes the flag away again", () => {
    expect(before("wait-for-the-archive  stale: ", "wait-for-the-archive  moves again")).toBe(true);
    expect(readFileSync(join(demo.root, "board/done/wait-for-the-archive.md"), "utf8")).not.toMatch(/^stale:/m);
  });

  it("shows a broken file with its line, goes on, and runs it once it is mended", () => {
    expect(output()).toMatch(/board\/planned\/greet-politely\.md:\d+: /);
    expect(before("count-words  engineer: done", "put the missing quote back")).toBe(true);
    expect(before("put the missing quote back", "greet-politely  engineer runs")).toBe(true);
  });

  it("runs the sample's real test suite as the tester, on what is merged", () => {
    const session = readFileSync(join(demo.root, "sessions/run-the-tests/tester.md"), "utf8");

    expect(session).toMatch(/^persona: tester$/m);
    expect(session).toMatch(/^[#ℹ] pass 1\d$/m);
    expect(session).toMatch(/^[#ℹ] fail 0$/m);
  });

  it("ends with the tree, one session, the history, and what to try next", () => {
    for (const text of [
      "What is on disk now",
      "  done/",
      "$ cat sessions/",
      "## Activity",
      "Set up the kanband board",
    ]) {
      expect(output()).toContain(text);
    }
    expect(output()).toContain(`cd ${demo.root}`);
  });

  it("is a board like any other", async () => {
    const check = await runCli(demo.root, ["check"]);

    expect(check.stdout).toContain("7 tasks, nothing wrong");
    expect(existsSync(join(demo.root, ".git/kanband/lock"))).toBe(false);
  });
});

describe("kanband demo, interrupted", () => {
  it("ends its runs and removes its repository", async () => {
    const folder = tempFolder();
    const running = startCli(folder, ["demo"], { env: { TMPDIR: folder } });
    onTestFinished(() => running.kill("SIGKILL"));
    await eventually("it works", () => running.output().includes("engineer runs"));

    running.kill("SIGINT");

    expect((await running.ended).exitCode).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("this repository's own board", () => {
  it("reads without a finding", async () => {
    const check = await runCli(join(import.meta.dirname, "../../.."), ["check"]);

    expect(check).toMatchObject({ exitCode: 0, stderr: "" });
    expect(check.stdout).toContain("7 tasks, nothing wrong");
  });
});
