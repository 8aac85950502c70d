import { describe, expect, it } from "vitest";
import { createVerifyReader, formatVerifyScript } from "../../../src/apply/verify-script.ts";

function read(commands: string[], lines: string[]) {
  const reader = createVerifyReader(commands, "n0nce");
  for (const line of lines) reader.line(line);
  return reader.results();
}

describe("what verify printed", () => {
  it("is told apart by marks", () => {
    const results = read(
      ["one", "two", "three"],
      ["n0nce begin 0", "fine", "", "n0nce end 0 0 3", "n0nce begin 1", "bad", "", "n0nce end 1 7 0"],
    );
    expect(results).toEqual([
      { command: "one", exitCode: 0, durationSeconds: 3, tail: "fine", state: "passed" },
      { command: "two", exitCode: 7, durationSeconds: 0, tail: "bad", state: "failed" },
      { command: "three", exitCode: null, durationSeconds: null, tail: "", state: "not run" },
    ]);
  });

  it("cannot be forged without the nonce", () => {
    const results = read(["one"], ["n0nce begin 0", "other end 0 0 1", "@NONCE@ end 0 0 1"]);
    expect(results[0]).toMatchObject({ state: "cut off", exitCode: null });
  });

  it.each<[string, string[], boolean]>([
    ["in order", ["begin 0", "end 0 0 1", "begin 1", "end 1 0 1", "begin 2", "end 2 5 0"], false],
    ["cut off", ["begin 0", "end 0 0 1", "begin 1"], false],
    ["ended twice", ["begin 0", "end 0 0 1", "end 0 0 1"], true],
    ["taken back", ["begin 0", "end 0 0 1", "begin 1", "end 1 1 0", "end 1 0 1"], true],
    ["begun before its turn", ["begin 0", "begin 1"], true],
    ["left out", ["begin 1"], true],
    ["ended before it began", ["end 0 0 0"], true],
    ["after one that ends all", ["begin 0", "end 0 1 0", "begin 1"], true],
    ["of none", ["begin 0", "end 0 0 1", "begin 1", "end 1 0 1", "begin 2", "end 2 0 0", "begin 3"], true],
    ["after a change that ends all", ["begin 0", "end 0 0 1", "changed tests/a", "begin 1"], true],
    ["of a change in the middle", ["begin 0", "changed tests/a"], true],
    ["of a change", ["begin 0", "end 0 0 1", "changed tests/a b"], false],
    ["without a code", ["begin 0", "end 0"], true],
  ])("believes marks as the script writes them only: %s", (_, marks, isForged) => {
    const reader = createVerifyReader(["one", "two", "three"], "n0nce", 2);
    for (const mark of marks) reader.line(`n0nce ${mark}`);
    expect(reader.isForged()).toBe(isForged);
  });

  it.each<[string[], number | null]>([
    [["begin 0", "end 0 0 1", "begin 1", "end 1 5 0"], 0],
    [["begin 0", "end 0 3 1"], 3],
    [["begin 0", "end 0 0 1"], null],
    [["begin 0"], null],
    [["begin 0", "end 0 0 1", "changed tests/a"], 1],
  ])("knows how such a script ends: %j", (marks, code) => {
    const reader = createVerifyReader(["one", "asked"], "n0nce", 1);
    for (const mark of marks) reader.line(`n0nce ${mark}`);
    expect(reader.exitCode()).toBe(code);
  });

  it("names what was changed, and by what", () => {
    const reader = createVerifyReader(["one", "two"], "n0nce");
    for (const line of ["n0nce begin 0", "changed by me", "n0nce end 0 0 1"]) reader.line(line);
    expect(reader.change()).toBeNull();
    reader.line("n0nce changed tests/a b.sh");
    expect(reader.change()).toEqual({ by: "`one`", path: "tests/a b.sh" });
  });

  it("keeps the end of a long output", () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `line ${index}`);
    const [result] = read(["one"], ["n0nce begin 0", ...lines, "n0nce end 0 1 9"]);
    expect(result?.tail.length).toBeLessThanOrEqual(8000);
    expect(result?.tail.endsWith("line 4999")).toBe(true);
  });

  it("quotes every command", () => {
    expect(formatVerifyScript(["echo 'it''s'"], "n")).toContain(`run 0 'echo '\\''it'\\'''\\''s'\\'''`);
  });
});
