import { describe, expect, it } from "vitest";
import { exists, listFiles, readText, repoRoot } from "./repository.ts";
import { complaintsOf } from "./source-rules.ts";

const sources = listFiles(`${repoRoot}/src`).filter((path) => path.endsWith(".ts"));
const texts = ["src", "tests", "docs", "personas", "board"]
  .flatMap((folder) => listFiles(`${repoRoot}/${folder}`))
  .concat(["README.md", "CHANGELOG.md", "package.json"].filter(exists))
  .filter((path) => /\.(ts|md|json|sh|mjs)$/.test(path));

describe("style", () => {
  it("sees the sources", () => {
    expect(sources.length).toBeGreaterThanOrEqual(10);
  });

  it("every file of src keeps the rules of the house", () => {
    expect(sources.flatMap((path) => complaintsOf(path, readText(path)))).toEqual([]);
  });

  it("names no registry and no machine anywhere", () => {
    const hosts = new RegExp(["registry\\.npm", "npmjs\\.org/[a-z@-]+/-/", "_authToken", "/Users/"].join("|"));
    const self = "tests/tidy/style.test.ts";
    expect(texts.filter((path) => path !== self && !/source-rules/.test(path) && hosts.test(readText(path)))).toEqual(
      [],
    );
  });
});

const documented = "/** Why. */\nexport function a(): void {}\n";
const UNFINISHED_WORD = ["TO", "DO"].join("");

describe("each rule of style notices a planted violation", () => {
  it("nothing is wrong with a plain file", () => {
    expect(
      complaintsOf("src/git/a.ts", `const LIMIT = 3;\n${documented}function b(): number {\n  return LIMIT;\n}\n`),
    ).toEqual([]);
  });

  it.each<[string, string, string, string]>([
    ["too long", "src/git/a.ts", "\n".repeat(301), "301 lines"],
    ["named for a pattern", "src/git/lock-manager.ts", documented, "named for the thing"],
    ["named for a pattern, at the start", "src/git/utils.ts", documented, "named for the thing"],
    ["not kebab-case", "src/git/lockFile.ts", documented, "kebab-case"],
    ["module-level let", "src/git/a.ts", "let count = 0;\nexport const read = { count };\n", "no module-level let"],
    ["exported let", "src/git/a.ts", "export let count = 0;\n", "no module-level let"],
    ["arrow at the top", "src/git/a.ts", "export const a = (): number => 1;\n", "declarations"],
    ["helper first", "src/git/a.ts", `function b(): void {}\n${documented}`, "public function comes first"],
    ["no docstring", "src/git/a.ts", "export function a(): void {}\n", "a has no docstring"],
    ["a line comment is no docstring", "src/git/a.ts", "// Why.\nexport async function a() {}\n", "a has no docstring"],
    ["process.cwd", "src/cli/a.ts", "export const here = [process.cwd()];\n", "read once"],
    ["process.cwd, not called", "src/cli/a.ts", "export const here = { read: process.cwd };\n", "read once"],
    ["clock in decide", "src/decide/a.ts", "export const now = [Date.now()];\n", "no clock"],
    ["Date in board", "src/board/a.ts", "export const day = new Date(0);\n", "no Date"],
    ["clock in the one file with Date", "src/board/instant.ts", "export const day = [new Date()];\n", "no clock"],
    ["process in board", "src/board/a.ts", "export const home = process.env;\n", "no process"],
    ["unfinished", "src/git/a.ts", `// ${UNFINISHED_WORD} later\n`, "finish it"],
    ["path of a machine", "src/git/a.ts", `export const dir = "${"/ho"}me/someone";\n`, "one machine"],
    ["enum", "src/git/a.ts", "export enum State { on, off }\n", "unions"],
  ])("%s", (_, path, text, expected) => {
    expect(complaintsOf(path, text).join("\n")).toContain(expected);
  });

  it("leaves a function with a type of its own alone", () => {
    expect(complaintsOf("src/git/a.ts", "export const a: Parse = (): number => 1;\n")).toEqual([]);
  });

  it("leaves a maker of a documented type alone, and no other maker", () => {
    const make = "export function createPulse(): Pulse {\n  return 1;\n}\n";
    expect(complaintsOf("src/git/a.ts", `/** Beats. */\nexport type Pulse = 1;\n${make}`)).toEqual([]);
    expect(complaintsOf("src/git/a.ts", `export type Pulse = 1;\n${make}`)).not.toEqual([]);
  });

  it("leaves properties named like globals alone", () => {
    expect(complaintsOf("src/decide/a.ts", "export const x = { process: 1 };\nexport const y = x.process;\n")).toEqual(
      [],
    );
  });
});
