import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { exists, readText, repoRoot, runTool } from "./repository.ts";
import { accepts } from "./version-range.ts";

type Manifest = {
  version: string;
  license: string;
  bin: Record<string, string>;
  engines: { node: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

type Lock = {
  packages: Record<
    string,
    {
      version?: string;
      resolved?: string;
      engines?: { node?: string };
      optionalDependencies?: Record<string, string>;
      dependencies?: Record<string, string>;
      devDependencies?: Record<string, string>;
      link?: boolean;
    }
  >;
};

const manifest: Manifest = JSON.parse(readText("package.json"));
const lock: Lock = JSON.parse(readText("package-lock.json"));
const PACKED = pack();
const NODE_VERSIONS = ["20.19.0", "20.20.2", "24.0.0"];

describe("package.json", () => {
  it("pins every dependency exactly", () => {
    const pins = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(pins.length).toBeGreaterThan(10);
    expect(pins.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it("promises Node 20.19 and newer", () => {
    expect(manifest.engines.node).toBe(">=20.19.0");
    expect(accepts(manifest.engines.node, "20.18.9")).toBe(false);
  });

  it("has a licence", () => {
    expect(manifest.license).toBe("MIT");
    expect(readText("LICENSE")).toContain("MIT License");
  });

  it("knows its version in the change log", () => {
    expect(readText("CHANGELOG.md")).toMatch(new RegExp(`^## \\[(Unreleased|${manifest.version})\\]`, "m"));
  });
});

describe("package-lock.json", () => {
  const installed = Object.entries(lock.packages).filter(([path]) => path !== "");

  it("names no address, so that any registry serves", () => {
    expect(installed.length).toBeGreaterThan(50);
    expect(installed.filter(([, it]) => it.resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it.each(NODE_VERSIONS)("every package runs on Node %s by its own word", (version) => {
    const refusing = installed.filter(([, it]) => !accepts(it.engines?.node ?? "*", version));
    expect(refusing.map(([path, it]) => `${path}: ${it.engines?.node}`)).toEqual([]);
  });

  it("has the optional packages of every platform, without which `npm ci` refuses it", () => {
    const optional = installed.flatMap(([path, it]) =>
      Object.keys(it.optionalDependencies ?? {}).map((name) => [path, name]),
    );
    const missing = optional.filter(([path, name]) => {
      return !(`node_modules/${name}` in lock.packages || `${path}/node_modules/${name}` in lock.packages);
    });
    expect(optional.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it("is in step with package.json", () => {
    const pins = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    const { dependencies, devDependencies } = lock.packages[""] ?? {};
    expect({ dependencies, devDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
    expect(pins.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });
});

describe("the published package", () => {
  const report = JSON.parse(PACKED.said);
  const paths: string[] = report[0].files.map((it: { path: string }) => it.path);

  it("has what a user needs", () => {
    const wanted = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "docs/architecture.md"];
    wanted.push("personas/router.md", "personas/skills/post-mortem/SKILL.md", "personas/workflows/solo.md");
    const built = exists("dist") ? Object.values(manifest.bin) : [];
    expect([...wanted, ...built].filter((it) => !paths.includes(it))).toEqual([]);
    for (const folder of ["board/", "personas/"]) expect(paths.some((it) => it.startsWith(folder))).toBe(true);
  });

  it("has nothing that only developers need", () => {
    expect(paths.filter((it) => /^(src|tests|node_modules|\.)/.test(it) || it.endsWith(".tgz"))).toEqual([]);
  });
});

describe("the package, unpacked elsewhere", () => {
  it.skipIf(!exists("dist/bin/kanband.js"))("answers, and makes a board in an empty repository", () => {
    const folder = mkdtempSync(join(tmpdir(), "kanband-package-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const repository = join(folder, "repository");
    mkdirSync(repository);
    runTool("tar", ["-xzf", join(PACKED.folder, `kanband-${manifest.version}.tgz`)], folder);
    symlinkSync(join(repoRoot, "node_modules"), join(folder, "package", "node_modules"));
    const program = join(folder, "package", manifest.bin["kanband"] ?? "");
    runTool("git", ["init", "--quiet", "--initial-branch=main"], repository);

    const version = runTool(process.execPath, [program, "--version"], repository);
    runTool(process.execPath, [program, "init"], repository);
    const board = JSON.parse(runTool(process.execPath, [program, "check", "--json"], repository));

    expect(version.trim()).toBe(manifest.version);
    expect(existsSync(join(repository, "board", "planned", ".gitkeep"))).toBe(true);
    expect(board.findings).toEqual([]);
    expect(runTool("git", ["status", "--porcelain"], repository)).toBe("");
  });
});

describe("ranges of versions", () => {
  it.each([
    ["*", "20.19.0", true],
    [">=20.19.0", "20.19.0", true],
    [">=20.19.1", "20.19.0", false],
    [">= 10", "20.19.0", true],
    ["^20.19.0 || >=22.12.0", "20.19.0", true],
    ["^20.19.0 || >=22.12.0", "21.0.0", false],
    ["^18 || ^20 || >=22", "20.19.0", true],
    [">=22", "20.19.0", false],
    [">=6.9.0 <20", "20.19.0", false],
    ["6.* || 8.* || >= 10.*", "20.19.0", true],
    ["20 || >=22", "20.19.0", true],
    ["~20.18", "20.19.0", false],
    ["18 - 20", "20.19.0", true],
  ])("%s and %s", (range, version, expected) => {
    expect(accepts(range, version)).toBe(expected);
  });
});

/** The package as it would be published, in a folder of its own, and what npm says of it. */
function pack(): { folder: string; said: string } {
  const folder = mkdtempSync(join(tmpdir(), "kanband-packed-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  return { folder, said: runTool("npm", args, repoRoot) };
}
