import { describe, expect, it } from "vitest";
import { readHandles } from "../../../src/board/read-handles.ts";

const claims = (yaml: string): string => `Done.\n\n\`\`\`claims\n${yaml}\n\`\`\`\n`;

describe("the claims block of a message", () => {
  it.each([
    ["- file: src/a.ts", { kind: "file", path: "src/a.ts", line: null, text: null, sha256: null }],
    ["- { file: ./src/a.ts:12 }", { kind: "file", path: "src/a.ts", line: 12 }],
    ["- { File: a, Line: 3, text: 'x: y' }", { kind: "file", path: "a", line: 3, text: "x: y" }],
    [`- { file: a, sha256: ${"A".repeat(64)} }`, { kind: "file", sha256: "a".repeat(64) }],
    ["- commit: 0123ABC", { kind: "commit", sha: "0123abc" }],
    ["- { branch: kanband/a, at: 0123abc }", { kind: "branch", name: "kanband/a", at: "0123abc" }],
    ["- { command: npm test }", { kind: "command", command: "npm test", exit: 0 }],
    ["- { command: false, exit: 1 }", { kind: "command", command: "false", exit: 1 }],
    ["- { url: 'https://example.com/x', status: 404 }", { kind: "url", url: "https://example.com/x", status: 404 }],
    ["claims:\n  - commit: 0123abc", { kind: "commit" }],
  ])("%j", (yaml, expected) => {
    expect(readHandles(claims(yaml))).toMatchObject([expected]);
  });

  it.each([
    ["- commit: HEAD", /^commit: HEAD$/, /hex digits/],
    ["- { file: a, line: last }", /^file: a$/, /`line` is "last"/],
    ["- { command: make, exit: 256 }", /^command: make$/, /from 0 to 255/],
    ["- { file: a, sha256: abc }", /^file: a$/, /64 hex digits/],
    ["- { ticket: 12 }", /^ticket: 12$/, /expected one of/],
    ["- { file: a, exists: false }", /^file: a$/, /"exists" is nothing that is looked at/],
    [`- { file: a, sha265: ${"a".repeat(64)} }`, /^file: a$/, /"sha265" is nothing/],
    ["- { commit: 0123abc, branch: main }", /^commit: 0123abc$/, /"branch" is nothing/],
    ["- all is well", /all is well/, /expected \{ file \}/],
    ["all is well", /its claims/, /expected a list/],
    ["- [", /its claims/, /not readable YAML/],
  ])("tells what it cannot read: %j", (yaml, said, problem) => {
    expect(readHandles(claims(yaml))).toEqual([
      { kind: "unread", said: expect.stringMatching(said), problem: expect.stringMatching(problem) },
    ]);
  });

  it("reads the last block alone, at most 50 claims, and none in a quotation", () => {
    expect(readHandles("Nothing to claim.")).toEqual([]);
    expect(readHandles(`> \`\`\`claims\n> - commit: 0123abc\n> \`\`\`\n`)).toEqual([]);
    expect(readHandles(`${claims("- commit: 0123abc")}${claims("- file: a")}`)).toMatchObject([{ kind: "file" }]);
    const many = readHandles(claims(Array.from({ length: 60 }, (_, at) => `- file: a${at}`).join("\n")));
    expect(many).toHaveLength(51);
    expect(many.at(-1)).toMatchObject({ kind: "unread", said: "10 more claims" });
  });

  it.each(["yaml claims", "CLAIMS", "claims yaml", "yaml:claims", "{.claims}"])("reads a block of %j", (info) => {
    expect(readHandles(`\`\`\`${info}\n- file: a\n\`\`\`\n`)).toMatchObject([{ kind: "file", path: "a" }]);
  });

  it("tells of those in a message that is too long to be read, and of no other", () => {
    const long = "x\n".repeat(600_000);
    const told = [{ kind: "unread", said: "its claims", problem: expect.stringMatching(/^its message has more than/) }];
    expect(readHandles(`${long}${claims("- file: a")}`)).toEqual(told);
    expect(readHandles(`${claims("- file: a").replace("```claims", "~~~ yaml claims")}${long}`)).toEqual(told);
    expect(readHandles(long)).toEqual([]);
  });

  it("reads what is claimed again and again once, so that no command is run more often", () => {
    const again = "- { command: npm test }\n- { command: npm test, exit: 0 }\n- { command: npm test, exit: 1 }\n";
    expect(readHandles(claims(again.repeat(16)))).toMatchObject([
      { kind: "command", exit: 0 },
      { kind: "unread", said: "command: npm test", problem: "it is said to exit with 0 as well" },
    ]);
  });
});
