import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { liveBoard } from "../../helpers/live-board.ts";
import { runCli } from "../../helpers/run-cli.ts";

const SLOTS = `slots:
  - { name: A, agents: [claude/sonnet, codex], home: profiles/a }
  - { name: B, agents: [opencode, claude], env: [ANTHROPIC_API_KEY] }
`;

/** A board whose PATH has a claude of the tested version, a newer codex, and no opencode. */
async function boardWithPrograms() {
  const board = await liveBoard({ settings: SLOTS });
  const bin = join(board.root, ".git/bin");
  mkdirSync(bin);
  for (const [name, says] of Object.entries({ claude: "2.1.328 (Claude Code)", codex: "codex-cli 9.0.0" })) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${says}"\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const env = {
    PATH: [bin, process.env["PATH"] ?? ""].join(delimiter),
    HOME: join(board.root, ".git/home"),
    ANTHROPIC_API_KEY: "canary",
    OPENAI_API_KEY: "canary",
  };
  return { board, agents: async (...args: string[]) => await runCli(board.root, ["agents", ...args], { env }) };
}

it("`agents` says which there are and who has them", async () => {
  const { agents } = await boardWithPrograms();
  const { stdout, exitCode } = await agents();

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\+ claude +Claude Code; slot A, B$/m);
  expect(stdout).toMatch(/^- opencode +opencode; slot B: binary not found: opencode$/m);
  expect(stdout).toMatch(/^- gemini +Gemini CLI: binary not found: gemini$/m);
});

it("`agents doctor` asks each for its version, looks for a login of each account, and fails for one that is missed", async () => {
  const { board, agents } = await boardWithPrograms();
  mkdirSync(join(board.root, "profiles/a/.claude"), { recursive: true });
  writeFileSync(join(board.root, "profiles/a/.claude/.credentials.json"), "{}");
  const { stdout, exitCode } = await agents("doctor");

  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^ok +claude +claude 2\.1\.328, the version that was tested, in slot A, B$/m);
  expect(stdout).toMatch(/^ok +claude login in profiles\/a +~\/\.claude\/\.credentials\.json is there$/m);
  expect(stdout).toMatch(/^ok +claude login +ANTHROPIC_API_KEY set, and runs get it$/m);
  expect(stdout).toMatch(/^warn +codex +codex 9\.0\.0, in slot A\n +Tested with 0\.169\.0\./m);
  expect(stdout).toMatch(
    /^warn +codex login in profiles\/a +OPENAI_API_KEY set here, but no run gets it\n +Add `env: \[OPENAI_API_KEY\]`/m,
  );
  expect(stdout).toMatch(/^skip +gemini +not here: /m);
  expect(stdout).toMatch(/^fail +opencode +binary not found: opencode$/m);
  // What a key says is nobody's business.
  expect(stdout).not.toContain("canary");
});

it("a word it does not know is told, with those it knows", async () => {
  const { agents } = await boardWithPrograms();
  const { stderr, exitCode } = await agents("docter");
  expect(exitCode).toBe(2);
  expect(stderr).toContain("<what> is 'docter'; expected one of: list, doctor");
});
