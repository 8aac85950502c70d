import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { onTestFinished } from "vitest";

/** Runs git as a person would and answers what it printed. */
export type Git = (...args: string[]) => Promise<string>;

/** Paths and their texts. */
export type Files = Readonly<Record<string, string>>;

/** A real repository in a temporary folder, with one commit, removed when the test ends. */
export async function gitRepo(files: Files, options: RepoOptions = {}): Promise<{ root: string; git: Git }> {
  const root = tempFolder();
  return { root, git: await makeRepo(root, files, options) };
}

type RepoOptions = { format?: "sha256" };

/** Makes a folder a repository with one commit of these files. */
export async function makeRepo(root: string, files: Files, options: RepoOptions = {}): Promise<Git> {
  const git = gitAt(root);
  const format = options.format === undefined ? [] : [`--object-format=${options.format}`];
  await git("init", "--quiet", "--initial-branch=main", ...format);
  await git("config", "gc.auto", "0");
  await git("config", "maintenance.auto", "false");
  await git("config", "user.name", "Test");
  await git("config", "user.email", "test@example.invalid");
  writeFiles(root, files);
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message", "Seed the board");
  return git;
}

/** git in a folder, cut off from the settings of the machine. */
export function gitAt(cwd: string): Git {
  return async (...args) => (await execa("git", args, { cwd, stripFinalNewline: true })).stdout;
}

/** An empty folder, removed when the test ends. */
export function tempFolder(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "kanband-test-")));
  onTestFinished(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  return root;
}

export function writeFiles(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
