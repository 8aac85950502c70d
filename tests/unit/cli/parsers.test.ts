import { describe, expect, it } from "vitest";
import { parseCommandLine } from "../../../src/cli/cli.ts";
import { parseFast } from "../../../src/cli/parse-fast.ts";
import { isCommandName, SPECS } from "../../../src/cli/specs.ts";

async function parse(...argv: string[]) {
  return await parseCommandLine(argv, "1.2.3");
}

describe("the fast path and yargs", () => {
  it.each([
    ["status"],
    ["status --json"],
    ["status --watch --json"],
    ["status -w"],
    ["-C sub status"],
    ["--cwd sub status --json"],
    ["--cwd=sub status"],
    ["status -C sub"],
    ["why fix-login"],
    ["why fix-login --json"],
    ["why --json fix-login"],
    ["-C sub why fix-login"],
    ["completion bash"],
    ["up"],
    ["up -d --until-idle --stop-runs"],
    ["up --poll 2s --wait --json"],
    ["-C sub up --poll=2s --dry-run"],
  ])("read alike: %s", async (line) => {
    const argv = line.split(" ");
    const fast = parseFast(argv);
    expect(fast).not.toBeNull();
    expect(fast).toEqual(await parse(...argv));
  });

  it.each([
    ["another command", "show fix-login"],
    ["help", "status --help"],
    ["an unknown flag", "status --wacth"],
    ["a word too many", "status now"],
    ["a missing word", "why"],
    ["a missing value", "up --poll"],
    ["a switch that is taken back", "up --no-wait"],
    ["a value for a switch", "status --json=yes"],
    ["no command", ""],
    ["a folder that is named like a command", "-C status show x"],
  ])("the fast path leaves %s to yargs", (_, line) => {
    expect(parseFast(line === "" ? [] : line.split(" "))).toBeNull();
  });

  it("takes the words of a completion as they are", () => {
    const parsed = parseFast(["completion", "zsh", "--", "status", "--j", ""]);
    expect(parsed?.args).toEqual({ shell: "zsh", words: ["status", "--j", ""] });
  });
});

describe("the command line", () => {
  it.each<[string, object]>([
    ["init", { branch: null, json: false }],
    ["init --branch kanban", { branch: "kanban", json: false }],
    ["up -d --until-idle", { detach: true, untilIdle: true, dryRun: false, poll: null, stopRuns: false, wait: false }],
    ["up --poll 2s --dry-run", { poll: "2s", dryRun: true }],
    ["new Title --depends a,b --depends c", { title: "Title", depends: ["a", "b", "c"], lane: null, body: null }],
    ["new 12 --body -", { title: "12", body: "-" }],
    ["move 007 done", { task: "007", lane: "done" }],
    ["rework a -m no -m yes", { task: "a", message: "yes" }],
    ["down --stop-runs", { stopRuns: true, wait: false }],
    ["check --ci", { ci: true, json: false }],
  ])("%s", async (line, expected) => {
    const parsed = await parse(...line.split(" "));
    expect("args" in parsed ? parsed.args : null).toMatchObject(expected);
  });

  it.each([
    ["nonsense", "no command 'nonsense'", "kanband --help"],
    ["stats", "no command 'stats'", "Did you mean status?"],
    ["status --jsn", "no option '--jsn'", "Did you mean --json?"],
    ["up --pol=2s", "no option '--pol'", "Did you mean --poll?"],
    ["status now", "no place for 'now' in: kanband status", "kanband status --help"],
    ["why", "something is missing: kanband why <task>", "kanband why --help"],
    ["move a", "something is missing: kanband move <task> <lane>", ""],
    ["move a somewhere", "expected one of: backlog, planned", ""],
    ["new", "kanband new <title>", ""],
    ["completion tcsh", "expected one of: bash", ""],
  ])("refuses %s", async (line, message, hint) => {
    await expect(parse(...line.split(" "))).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });

  it.each([
    [["new", "Title", "--body", "-"], { body: "-" }],
    [["rework", "a", "-m", "-"], { message: "-" }],
    [["rework", "a", "-m", "- one\n- two"], { message: "- one\n- two" }],
    [["rework", "a", "--message=-x"], { message: "-x" }],
  ])("takes values that look like flags: %j", async (argv, expected) => {
    const parsed = await parse(...argv);
    expect("args" in parsed ? parsed.args : null).toMatchObject(expected);
  });

  it("has help for each command, with its options and examples", async () => {
    const names = Object.keys(SPECS).filter(isCommandName);
    for (const name of names) {
      const help = await parse(name, "--help");
      const text = help.name === "help" ? help.text : "";
      expect(text).toContain(`kanband ${name}`);
      expect(text).toContain(SPECS[name].describe.slice(0, 30));
      expect(text).toContain(SPECS[name].examples[0][0]);
    }
  });

  it("shows all commands without one, and the version", async () => {
    const nothing = await parse();
    const version = await parse("--version");
    const text = nothing.name === "help" ? nothing.text : "";
    expect(Object.keys(SPECS).filter((name) => !text.includes(`kanband ${name}`))).toEqual([]);
    expect(version).toEqual({ name: "help", text: "1.2.3" });
  });
});
