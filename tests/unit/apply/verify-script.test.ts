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
