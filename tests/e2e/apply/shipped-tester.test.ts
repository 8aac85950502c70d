import { readFileSync } from "node:fs";
import { execa } from "execa";
import { expect, it } from "vitest";
import { shell } from "../../../src/agents/shell/index.ts";
import { parsePersona } from "../../../src/board/persona-file.ts";
import { readVerdict } from "../../../src/board/read-verdict.ts";
import { gitRepo } from "../../helpers/git-repo.ts";

const PLAIN = { prompt: "", systemPrompt: "", taskBody: "", model: null, effort: null, tools: null, command: null };
const PATH = "personas/tester.md";

/** Runs the shipped tester as the daemon does, in a project with this suite. */
async function testOf(files: Readonly<Record<string, string>>) {
  const { root, git } = await gitRepo({ "a.txt": "a\n", ...files });
  const { persona } = parsePersona(PATH, "", readFileSync(PATH));
  const launch = shell.launch({ ...PLAIN, persona, maxToolCalls: null, sessionDir: ".session" });
  if ("problem" in launch) throw new Error(launch.problem);
  const { all, exitCode } = await execa(launch.file, launch.args, {
    cwd: root,
    input: launch.stdin,
    all: true,
    reject: false,
  });
  return { exitCode, message: all, head: (await git("rev-parse", "HEAD")).trim() };
}

const suite = (script: string) => ({ "package.json": JSON.stringify({ scripts: { test: script } }) });

it("a red suite is the tester's verdict, and no failure of its run, to a reviewer's step and to a cycle", async () => {
  const { exitCode, message, head } = await testOf(suite("echo three are red; exit 3"));

  expect([exitCode, message]).toEqual([0, expect.stringContaining("three are red")]);
  for (const kind of ["reviewer", "cycle"] as const) {
    expect(readVerdict(kind, message)).toMatchObject({
      kind: "given",
      verdict: "must-fix",
      details: { commit: head, findings: [{ file: "package.json", why: "`npm test` ended with 3" }] },
    });
  }
});

it("a green suite is clean, and leaves a round-robin as it is", async () => {
  const { exitCode, message, head } = await testOf(suite("echo all is green"));

  expect(exitCode).toBe(0);
  expect(readVerdict("reviewer", message)).toMatchObject({ verdict: "clean", details: { commit: head } });
  expect(readVerdict("cycle", message)).toMatchObject({ verdict: "no-change" });
});

it("a suite that is not there is a failure of the run", async () => {
  expect(await testOf({})).toMatchObject({ exitCode: 1, message: expect.stringContaining("Name the command") });
});
