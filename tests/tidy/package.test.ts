import { describe, expect, it } from "vitest";
import { exists, readText, repoRoot, runTool } from "./repository.ts";
import { accepts } from "./version-range.ts";

type Manifest = {
  name: string;
  license: string;
  bin: Record<string, string>;
  engines: { node: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

type Lock = {
  packages: Record<string, { version?: string; resolved?: string; engines?: { node?: string }; link?: boolean }>;
};

const manifest: Manifest = JSON.parse(readText("package.json"));
const lock: Lock = JSON.parse(readText("package-lock.json"));
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
    const { version } = JSON.parse(readText("package.json"));
    expect(readText("CHANGELOG.md")).toMatch(new RegExp(`^## \\[(Unreleased|${version})\\]`, "m"));
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

  it("is in step with package.json", () => {
    const pins = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(pins.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
  });
});

describe("the published package", () => {
  const report = JSON.parse(
    runTool("npm", ["pack", "--dry-run", "--json", "--ignore-scripts", "--loglevel=error"], repoRoot),
  );
  const paths: string[] = report[0].files.map((it: { path: string }) => it.path);

  it("has what a user needs", () => {
    const wanted = ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "docs/architecture.md"];
    const built = exists("dist") ? Object.values(manifest.bin) : [];
    expect([...wanted, ...built].filter((it) => !paths.includes(it))).toEqual([]);
    for (const folder of ["board/", "personas/"]) expect(paths.some((it) => it.startsWith(folder))).toBe(true);
  });

  it("has nothing that only developers need", () => {
    expect(paths.filter((it) => /^(src|tests|node_modules|\.)/.test(it) || it.endsWith(".tgz"))).toEqual([]);
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
