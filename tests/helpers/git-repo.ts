import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
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

type RepoOptions = { format?: "sha1" | "sha256" };

/** Makes a folder a repository with one commit of these files. */
export async function makeRepo(root: string, files: Files, { format = "sha1" }: RepoOptions = {}): Promise<Git> {
  const git = gitAt(root);
  const empty = EMPTY.get(format) ?? makeEmpty(format);
  EMPTY.set(format, empty);
  cpSync(await empty, join(root, ".git"), { recursive: true });
  writeFiles(root, files);
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message", "Seed the board");
  return git;
}

const EMPTY = new Map<string, Promise<string>>();

/**
 * The `.git` of a new repository: made once a process, since nearly every test begins with one, and six processes cost more
 * than a copy.
 */
async function makeEmpty(format: string): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "kanband-test-empty-")));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  const git = gitAt(root);
  await git("init", "--quiet", "--initial-branch=main", `--object-format=${format}`);
  await git("config", "gc.auto", "0");
  await git("config", "maintenance.auto", "false");
  await git("config", "user.name", "Test");
  await git("config", "user.email", "test@example.invalid");
  const folder = join(root, ".git");
  for (const name of readdirSync(join(folder, "hooks"))) rmSync(join(folder, "hooks", name));
  return folder;
}

/**
 * git in a folder, cut off from the settings of the machine. Thousands of calls: what execa adds would cost as much as git
 * does.
 */
export function gitAt(cwd: string): Git {
  return async (...args) => (await run("git", args, { cwd, maxBuffer: MOST_BYTES })).stdout.replace(/\r?\n$/, "");
}

const run = promisify(execFile);
const MOST_BYTES = 100 * 1024 * 1024;

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
