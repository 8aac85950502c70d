import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli as runHere } from "../../../src/cli/run.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { boardRepo } from "./board-repo.ts";

const COMMUNITY = join(import.meta.dirname, "../../fixtures/personas/community");

/** The same program in this process: a start of node for each of these commands would take most of the time. */
async function runCli(root: string, args: readonly string[]) {
  const printed = { stdout: "", stderr: "" };
  const output = (name: keyof typeof printed) => ({
    write: (text: string) => void (printed[name] += text),
    isTerminal: false,
    hasColor: false,
    columns: () => 100,
    rows: () => 40,
  });
  const exitCode = await runHere(args, {
    dir: root,
    here: root,
    env: {},
    out: output("stdout"),
    err: output("stderr"),
    readStdin: async () => "",
    self: [process.execPath],
    exit: (code) => expect.unreachable(`ended with ${code}`),
  });
  return { exitCode, ...printed };
}

async function runCliJson<Answer>(root: string, args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runCli(root, [...args, "--json"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  const answer: Answer = JSON.parse(stdout);
  return answer;
}

type Lint = { isOk: boolean; warningCount: number; findings: { path: string; line: number; code: string }[] };

it("lists who there is, shows one with its prompt, and writes a new one that it never writes over", async () => {
  const { root } = await boardRepo({
    "personas/broken.md": "---\nmutates: maybe\n---\n\nDo it.\n",
    "personas/platform-architect.md": readFileSync(join(COMMUNITY, "platform-architect.md"), "utf8"),
  });

  const listed = await runCli(root, ["personas"]);
  expect(listed.stdout).toMatch(/^engineer +writes +2 words {2}Builds$/m);
  expect(listed.stdout).toMatch(/^platform-architect +reads +\d{4} words {2}Platform architect/m);
  expect(listed.stdout).toMatch(/^broken personas\/broken\.md: `mutates` is "maybe"/m);

  const made = await runCli(root, ["personas", "new", "db_admin", "--mutates", "--description", "Looks after: tables"]);
  expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("personas/db_admin.md") });
  const shown = await runCli(root, ["personas", "show", "db_admin"]);
  expect(shown.stdout).toMatch(/for +Looks after: tables\n.*may +change files/s);
  expect(shown.stdout).toContain("## Hard rules");
  expect(await runCliJson(root, ["personas", "show", "engineer"])).toMatchObject({
    id: "engineer",
    promptBytes: 11,
    prompt: "\nBuild it.\n",
    findings: [],
  });

  const text = readFileSync(join(root, "personas/db_admin.md"), "utf8");
  const refused: [args: string[], exitCode: number, says: RegExp][] = [
    [["new", "db_admin"], 1, /FILE_EXISTS/],
    [["new", "../db_admin"], 2, /cannot be a persona/],
    [["new", "README"], 2, /cannot be a persona/],
    [["show", "enginer"], 4, /did you mean "engineer"/],
    [["show", "broken"], 4, /personas\/broken\.md:2: `mutates`/],
    [["list", "--mutates"], 2, /personas new/],
  ];
  for (const [args, exitCode, says] of refused) {
    const { stderr, ...ended } = await runCli(root, ["personas", ...args]);
    expect([args, ended.exitCode]).toEqual([args, exitCode]);
    expect(stderr).toMatch(says);
  }
  expect(readFileSync(join(root, "personas/db_admin.md"), "utf8")).toBe(text);
});

it("lint and check warn of what makes many minds work in vain, and fail for errors alone", async () => {
  const reviewer = "---\nname: pr_reviewer\nskills: [reading]\n---\n\nLeave no concern unaddressed.\n";
  const { root } = await boardRepo({
    "personas/pr_reviewer.md": reviewer,
    "personas/workflows/turns.md": "---\nname: turns\npersonas: [engineer]\n---\n",
    "board/backlog/a.md": "---\npersona: pr_reviewer\n---\n\nLook at it.\n",
    "board/backlog/b.md": "---\npersona: pr_reviewer\n---\n\n## Acceptance\n\n- [ ] it is quick\n",
    "board/backlog/c.md": "---\npersonas: [engineer, engineer]\nworkflow: turns\n---\n\nBuild it.\n",
    "board/done/d.md": "---\npersona: pr_reviewer\n---\n\nLook at it.\n",
  });
  const wanted = [
    ["board/backlog/a.md", null],
    ["board/backlog/c.md", 2],
    ["board/backlog/c.md", 2],
    ["personas/pr_reviewer.md", 3],
    ["personas/pr_reviewer.md", 5],
    ["personas/workflows/turns.md", 3],
  ];
  const placesOf = ({ findings }: Lint) => findings.map(({ path, line }) => [path, line]);

  const linted = await runCliJson<Lint>(root, ["personas", "lint"]);
  expect(placesOf(linted)).toEqual(wanted);
  expect(new Set(linted.findings.map(({ code }) => code))).toEqual(new Set(["PERSONA_LINT"]));
  expect(placesOf(await runCliJson<Lint>(root, ["check"]))).toEqual(wanted);
  const one = await runCli(root, ["personas", "lint", "pr_reviewer", "engineer"]);
  expect(one.exitCode).toBe(0);
  expect(one.stdout).toMatch(/^personas\/pr_reviewer\.md:5: warning PERSONA_LINT a reviewer without a cap/m);
  expect(one.stdout).not.toContain("board/");

  writeFiles(root, { "personas/broken.md": "---\nmutates: maybe\n---\n\nDo it.\n" });
  const failing = await runCli(root, ["personas", "lint", "broken"]);
  expect(failing).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("personas/broken.md:2: error") });
  expect((await runCli(root, ["personas", "lint", "tester"])).stdout).toBe("ok 1 persona, nothing wrong\n");
});
