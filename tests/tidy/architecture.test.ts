import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listFiles, repoRoot, runTool } from "./repository.ts";

type Cruise = {
  modules: { source: string }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
};

type Lint = { diagnostics: { code: string; message: string; filename: string }[] };

/** The import directions of a tree, as dependency-cruiser sees them. */
function cruise(root: string): Cruise {
  const tool = join(repoRoot, "node_modules/.bin/depcruise");
  return JSON.parse(runTool(tool, ["--config", ".dependency-cruiser.mjs", "--output-type", "json", "src"], root));
}

/** The complaints of the linter about these files of a tree, as `file: rule`. */
function lint(root: string, paths: readonly string[]): string[] {
  const tool = join(repoRoot, "node_modules/.bin/oxlint");
  const { diagnostics }: Lint = JSON.parse(
    runTool(tool, ["-c", ".oxlintrc.json", "--type-aware", "--format", "json", ...paths], root),
  );
  return diagnostics.map((it) => `${it.filename}: ${it.code}`);
}

// One file each: where, what it says, and the rule that must name it.
const PLANTED_IMPORTS: [string, string, string][] = [
  ["src/decide/planted-execa.ts", `export { execa } from "execa";`, "package-execa"],
  ["src/agents/planted-type.ts", `export type { Planted } from "../controller/planted.ts";`, "room-agents"],
  [
    "src/process/planted-acp.ts",
    `export { client } from "@agentclientprotocol/sdk";`,
    "package-@agentclientprotocol/sdk",
  ],
  ["src/cli/planted-client.ts", `export type { Planted } from "../acp-client/planted.ts";`, "room-cli"],
  ["src/acp-client/planted.ts", `export type Planted = 1;`, ""],
  ["src/acp-client/planted-run.ts", `export type { Planted } from "../controller/planted.ts";`, "room-acp-client"],
  ["src/decide/planted-log.ts", `export { log } from "../log.ts";`, "pure-rooms-without-log"],
  ["src/controller/planted.ts", `export type Planted = 1;`, ""],
  ["src/observe/planted-chokidar.ts", `export { watch } from "chokidar";`, "package-chokidar"],
  ["src/observe/planted-chokidar-type.ts", `export type { FSWatcher } from "chokidar";`, "package-chokidar"],
  ["src/cli/planted-git.ts", `export { simpleGit } from "simple-git";`, "package-simple-git"],
  ["src/config/planted-yaml.ts", `export { parse } from "yaml";`, "package-yaml"],
  [
    "src/board/planted-matter.ts",
    `import matter from "gray-matter";\nexport const read = [matter];`,
    "package-gray-matter",
  ],
  ["src/board/planted-path.ts", `export { join } from "node:path";`, "pure-rooms-without-node"],
  ["src/observe/planted-child.ts", `export { spawn } from "node:child_process";`, "node-child-process"],
  ["src/cli/planted-child.ts", `export { spawn } from "child_process";`, "node-child-process"],
  ["src/apply/planted-timer.ts", `export { setTimeout } from "node:timers/promises";`, "node-timers"],
  ["src/agents/planted-fs.ts", `export { readFileSync } from "node:fs";`, "node-files"],
  ["src/cli/planted-server.ts", `export { createServer } from "node:http";`, "node-network"],
  [
    "src/decide/planted-settings.ts",
    `export { plantedSettings } from "../config/planted-value.ts";`,
    "types-only-decide",
  ],
  ["src/config/planted-value.ts", `export const plantedSettings = 1;`, ""],
  ["src/git/planted-board.ts", `export type { Lane } from "../board/lane.ts";`, "room-git"],
  ["src/process/planted-board.ts", `export type { Task } from "../board/task.ts";`, "room-process"],
  ["src/files/planted-git.ts", `export type { Planted } from "../git/planted-type.ts";`, "room-files"],
  ["src/git/planted-type.ts", `export type Planted = 1;`, ""],
  ["src/observe/planted-files.ts", `export type { Planted } from "../apply/planted.ts";`, "room-observe"],
  ["src/apply/planted.ts", `export type Planted = 1;`, ""],
  ["src/apply/planted-observe.ts", `export type { Planted } from "../observe/planted-type.ts";`, "room-apply"],
  ["src/observe/planted-type.ts", `export type Planted = 1;`, ""],
  ["src/controller/planted-git.ts", `export type { Planted } from "../git/planted-type.ts";`, "room-controller"],
  ["src/cli/planted-dev.ts", `export { expect } from "vitest";`, "no-dev-dependencies"],
  ["src/cli/planted-package.ts", `export type { Options } from "semver";`, "packages-have-owners"],
  ["src/cli/planted-main.ts", `import "../main.ts";\nexport const planted = 1;`, "nobody-imports-main"],
  ["src/cli/planted-a.ts", `export type { B } from "./planted-b.ts";\nexport type A = 1;`, "no-cycles"],
  ["src/cli/planted-b.ts", `export type { A } from "./planted-a.ts";\nexport type B = 1;`, ""],
  ["src/utils/planted.ts", `export { KanbandError } from "../errors.ts";`, "rooms-only"],
];

const PLANTED_CODE: [string, string, string][] = [
  ["src/observe/planted-write.ts", `export { writeFileSync } from "node:fs";`, "no-restricted-imports"],
  [
    "src/observe/planted-write-all.ts",
    `import * as fs from "node:fs";\nexport const all = [fs];`,
    "no-restricted-imports",
  ],
  [
    "src/observe/planted-write-default.ts",
    `import fs from "node:fs";\nexport const all = [fs];`,
    "no-restricted-imports",
  ],
  ["src/cli/planted-write.ts", `export { rm } from "node:fs/promises";`, "no-restricted-imports"],
  ["src/controller/planted-write.ts", `export { renameSync } from "node:fs";`, "no-restricted-imports"],
  ["src/decide/planted-clock.ts", `export const now = [Date.now()];`, "no-restricted-globals"],
  ["src/decide/planted-promise.ts", `export const later = [Promise.resolve(1)];`, "no-restricted-globals"],
  ["src/board/planted-random.ts", `export const id = [Math.random()];`, "no-restricted-properties"],
  ["src/board/planted-node.ts", `export { join } from "node:path";`, "no-restricted-imports"],
  ["src/git/planted-folder.ts", `export const here = [process.cwd()];`, "no-restricted-properties"],
  ["src/cli/planted-exit.ts", `export function end(): void {\n  process.exit(1);\n}`, "no-process-exit"],
  ["src/git/planted-print.ts", `console.log(1);\nexport const a = 1;`, "no-console"],
  ["src/git/planted-any.ts", `export const a = [JSON.parse("1") as any];`, "no-explicit-any"],
  ["src/git/planted-default.ts", `export default 1;`, "no-default-export"],
  ["src/git/plantedName.ts", `export const a = 1;`, "filename-case"],
  ["src/git/planted-throw.ts", `export function fail(): never {\n  throw "text";\n}`, "only-throw-error"],
  [
    "src/git/planted-floating.ts",
    `async function push(): Promise<void> {}\nexport function start(): void {\n  push();\n}`,
    "no-floating-promises",
  ],
  [
    "src/controller/planted-callback.ts",
    `async function tick(): Promise<void> {}\nexport const timer = [setInterval(tick, 1000)];\nexport const twin = [setInterval(async () => await tick(), 1)];`,
    "no-misused-promises",
  ],
  [
    "src/git/planted-switch.ts",
    `export function turn(kind: "a" | "b"): void {\n  switch (kind) {\n    case "a":\n      return;\n  }\n}`,
    "switch-exhaustiveness-check",
  ],
  ["src/apply/planted-timer.ts", `export const timer = [setTimeout(String, 1)];`, "no-restricted-globals"],
];

// One look at a copy of the source with all of it planted: each look takes seconds.
describe("each planted violation is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "kanband-tidy-"));
  let modules: Cruise["modules"] = [];
  let found: Cruise["summary"]["violations"] = [];
  let complaints: string[] = [];

  beforeAll(() => {
    for (const name of ["src", "package.json", "tsconfig.json", ".dependency-cruiser.mjs", ".oxlintrc.json"]) {
      cpSync(join(repoRoot, name), join(folder, name), { recursive: true });
    }
    symlinkSync(join(repoRoot, "node_modules"), join(folder, "node_modules"));
    plant(PLANTED_IMPORTS);
    const cruised = cruise(folder);
    modules = cruised.modules;
    found = cruised.summary.violations;
    plant(PLANTED_CODE);
    complaints = lint(
      folder,
      PLANTED_CODE.map(([path]) => path),
    );
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function plant(files: [string, string, string][]): void {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${text}\n`);
    }
  }

  it.each(PLANTED_IMPORTS.filter(([, , rule]) => rule !== ""))("%s", (path, _, rule) => {
    // A cycle is reported once, from whichever of its files.
    const isCycle = rule === "no-cycles";
    const rules = found.filter((it) => it.from === path || (isCycle && it.to === path)).map((it) => it.rule.name);
    expect(rules).toContain(rule);
  });

  it.each(PLANTED_CODE)("%s", (path, _, rule) => {
    expect(complaints.filter((it) => it.startsWith(`${path}: `)).join("\n")).toContain(`(${rule})`);
  });

  it("among every module, and the source itself keeps to the table of rooms", () => {
    // With a compiler it does not know, the tool sees nothing, says that all is well and exits with 0.
    const seen = new Set(modules.map((it) => it.source));
    expect(listFiles(`${repoRoot}/src`).filter((path) => path.endsWith(".ts") && !seen.has(path))).toEqual([]);
    expect(seen.size).toBeGreaterThanOrEqual(10);
    const planted = new Set(PLANTED_IMPORTS.map(([path]) => path));
    const others = found.filter(({ from, to }) => !planted.has(from) && !planted.has(to));
    expect(others.map((it) => `${it.rule.name}: ${it.from} -> ${it.to}`)).toEqual([]);
  });

  it("and nothing else in the planted files that are sound", () => {
    const sound = PLANTED_IMPORTS.filter(([, , rule]) => rule === "").map(([path]) => path);
    expect(found.filter((it) => sound.includes(it.from) && it.rule.name !== "no-cycles")).toEqual([]);
  });
});
