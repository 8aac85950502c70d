import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterAll } from "vitest";

const ROOT = new URL("../../..", import.meta.url).pathname;

export type Child = {
  pid: number;
  stdout(): string;
  ended: Promise<{ code: number | null; signal: string | null; stdout: string; stderr: string }>;
};

/** `limit`: a shell command that runs first, such as `ulimit -f 1`. */
export type RunOptions = { env?: Record<string, string>; limit?: string };

/**
 * Compiles `src/files` and `src/process` once a test file, and runs small programs against them in processes of their own: what
 * dies by a failpoint must not be the test. A program imports from `./files/…js` and `./process/…js`.
 */
export function sourceRunner(): (code: string, options?: RunOptions) => Child {
  const out = mkdtempSync(join(tmpdir(), "kanband-source-"));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  for (const file of ["errors.ts", ...listSource("files"), ...listSource("process")]) compile(file, out);
  symlinkSync(join(ROOT, "node_modules"), join(out, "node_modules"));
  writeFileSync(join(out, "package.json"), '{"type":"module"}');
  return (code, options = {}) => run(out, code, options);
}

function run(cwd: string, code: string, { env = {}, limit = ":" }: RunOptions): Child {
  const command = ["-c", `${limit}; exec "$0" "$@"`, process.execPath, "--input-type=module", "-e", code];
  const child = spawn("sh", command, { cwd, env: { ...process.env, ...env } });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  const ended = new Promise<Awaited<Child["ended"]>>((resolve) => {
    child.on("exit", (code, signal) => setImmediate(() => resolve({ code, signal, ...text })));
  });
  return { pid: child.pid ?? 0, stdout: () => text.stdout, ended };
}

function listSource(room: string): string[] {
  return readdirSync(join(ROOT, "src", room)).map((name) => join(room, name));
}

function compile(file: string, out: string): void {
  const { outputText } = ts.transpileModule(readFileSync(join(ROOT, "src", file), "utf8"), {
    compilerOptions: {
      module: ts.ModuleKind.ESNext,
      target: ts.ScriptTarget.ES2023,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  });
  const path = join(out, file.replace(/\.ts$/, ".js"));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, outputText);
}
