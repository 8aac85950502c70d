import { describe, expect, it } from "vitest";
import { linkProblem } from "../../../src/apply/link-problem.ts";
import { createListMatcher, createMatcher, isNamed } from "../../../src/apply/path-globs.ts";
import { portabilityProblem } from "../../../src/apply/portable-path.ts";
import { PROTECTED_PATHS } from "../../../src/board/protected-paths.ts";

describe("paths that are protected", () => {
  const isProtected = createListMatcher(PROTECTED_PATHS);

  it.each([
    ".gitignore",
    ".gitattributes",
    "src/.GitAttributes",
    ".gitmodules",
    ".github/workflows/ci.yml",
    ".gitlab-ci.yml",
    ".circleci/config.yml",
    "Jenkinsfile",
    "azure-pipelines.yml",
    ".husky/pre-commit",
    "AGENTS.md",
    "packages/a/CLAUDE.md",
    ".claude/settings.json",
    "packages/a/.cursor/rules/x.mdc",
    ".mcp.json",
    ".codex/config.toml",
    "AGENTS.override.md",
    "packages/a/QWEN.md",
    ".vscode/tasks.json",
    ".vscode/mcp.json",
    ".devcontainer/devcontainer.json",
    "packages/a/.devcontainer.json",
    ".envrc",
    "ci/Jenkinsfile",
    "Jenkinsfile.release",
    ".builds.yml",
    ".build.yml",
    ".tekton/push.yaml",
    ".npmrc",
    "packages/a/.npmrc",
    ".yarnrc.yml",
    ".yarn/releases/yarn.cjs",
    ".yarn",
    ".pnpmfile.cjs",
    ".pnp.cjs",
    "pnpm-workspace.yaml",
    "bunfig.toml",
    "node_modules/.bin/sh",
    "packages/a/node_modules/vitest/index.js",
    "node_modules",
    ".venv/bin/pytest",
    "sitecustomize.py",
    ".cargo/config.toml",
    ".cargo",
    "rust-toolchain.toml",
    "rust-toolchain",
    ".bundle/config",
    ".mvn/maven.config",
    "mvnw.cmd",
    "gradlew",
    "gradle/wrapper/gradle-wrapper.properties",
    "NuGet.Config",
    ".config/dotnet-tools.json",
    ".bazelrc",
    ".Rprofile",
    "mise.toml",
    ".mise.local.toml",
    ".tool-versions",
  ])("%s", (path) => {
    expect(isProtected(path)).toBe(true);
  });

  it.each([
    "src/app.ts",
    "git.md",
    "src/github/x.ts",
    "logs/.gitkeep",
    "docs/agents.txt",
    ".env.example",
    "README.md",
    "builds.md",
    "src/vscode/tasks.json",
    "package.json",
    "package-lock.json",
    "src/node_modules.ts",
    "pyproject.toml",
    "conftest.py",
    "Cargo.toml",
    "build.gradle",
    "gradle/libs.versions.toml",
    "gradle.properties",
    "go.mod",
    "Gemfile",
    "Makefile",
    "vitest.config.ts",
    ".eslintrc.json",
  ])("%s is not", (path) => {
    expect(isProtected(path)).toBe(false);
  });

  it("of several globs the last that matches counts", () => {
    const rules = createListMatcher([...PROTECTED_PATHS, "!.gitignore", "infra/**"]);
    expect([".gitignore", "src/.gitignore", "infra/main.tf"].map(rules)).toEqual([false, true, true]);
  });

  it.each([
    [".github/workflows/ci.yml", ".github/**", true],
    [".github/workflows/ci.yml", ".github", true],
    [".github/workflows/ci.yml", "./.github/workflows/*.yml", true],
    [".github/workflows/ci.yml", "**", false],
    [".github/workflows/ci.yml", "**/*.yml", false],
    [".github/workflows/ci.yml", ".git*/**", false],
    [".github/workflows/ci.yml", ".github/CODEOWNERS", false],
    ["src/.gitattributes", "src/**", false],
    ["src/.gitattributes", "src/.gitattributes", true],
    ["AGENTS.md", "*.md", false],
    ["AGENTS.md", "agents.md", true],
  ])("%s, with touches %s: named %s", (path, glob, expected) => {
    expect(isNamed(path, [glob], isProtected)).toBe(expected);
  });
});

describe("what a task may touch", () => {
  it.each([
    ["src/a.ts", ["src/**"], true],
    ["src/a.ts", ["src"], true],
    ["src/a.ts", ["./src/"], true],
    ["SRC/a.ts", ["src/*.ts"], true],
    ["src/.env", ["src/*"], true],
    ["src/b/a.ts", ["src/*.ts"], false],
    ["lib/a.ts", ["src/**", "docs/**"], false],
    ["src2/a.ts", ["src"], false],
    ["a.ts", [], false],
  ])("%s of %j: %s", (path, globs, expected) => {
    expect(createMatcher(globs)(path)).toBe(expected);
  });
});

describe("a name that not every system can have", () => {
  it.each(["src/con .txt", "src/com¹.txt", "CONIN$", "conout$.log", "COM0", "src/nul", "aux  .c/x", "lpt9.txt"])(
    "%s is reserved",
    (path) => {
      expect(portabilityProblem(path)).toBe("has a name that some systems reserve");
    },
  );

  it.each(["src/console.txt", "con-fig", "COM10", "src/conin", "icon.png", "null"])("%s is not", (path) => {
    expect(portabilityProblem(path)).toBeNull();
  });
});

describe("a symbolic link", () => {
  it.each([
    ["a", "b"],
    ["a", "./docs/b"],
    ["src/deep/a", "../../docs/b"],
    ["src/a", "../docs"],
    ["src/a", ".."],
  ])("%s to %s stays in the repository", (path, target) => {
    expect(linkProblem(path, target)).toBeNull();
  });

  it.each([
    ["a", "/etc/passwd", /leads out/],
    ["a", "..", /leads out/],
    ["src/a", "../../x", /leads out/],
    ["src/a", "../b/../../x", /cannot be told/],
    ["src/a", "C:\\Windows", /leads out/],
    ["src/a", "..\\..\\x", /leads out/],
    ["src/a", "../.git/hooks/pre-commit", /git's own folder/],
    ["a", ".GIT", /git's own folder/],
  ])("%s to %s does not", (path, target, reason) => {
    expect(linkProblem(path, target)).toMatch(reason);
  });
});
