import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { afterAll } from "vitest";

const ROOT = new URL("../../..", import.meta.url).pathname;

export type ChildEnd = { code: number | null; signal: string | null; output: string };

/**
 * Compiles the program once a test file, and carries out single effects in processes of their own: what dies by a failpoint
 * must not be the test.
 */
export function compiledSource(): (program: string, env: Record<string, string>) => Promise<ChildEnd> {
  const out = mkdtempSync(join(tmpdir(), "kanband-apply-"));
  afterAll(() => rmSync(out, { recursive: true, force: true }));
  for (const file of readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".ts")) compile(file, out);
  }
  symlinkSync(join(ROOT, "node_modules"), join(out, "node_modules"));
  writeFileSync(join(out, "package.json"), '{"type":"module"}');
  return (program, env) => run(out, program, env);
}

function run(cwd: string, program: string, env: Record<string, string>): Promise<ChildEnd> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    cwd,
    env: { ...process.env, ...env },
    // A run that outlives the child must not hold its output open.
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) =>
    child.on("exit", (code, signal) => setImmediate(() => resolve({ code, signal, output }))),
  );
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
