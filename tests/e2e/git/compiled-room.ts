import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import ts from "typescript";

const SOURCE = fileURLToPath(new URL("../../../src/", import.meta.url));

/**
 * The git room as plain JavaScript in a temporary folder, for processes that are to be killed. `run` evaluates one
 * expression there, over `repo` and everything that the named files export, with failpoints in force.
 */
export function compileGitRoom(): CompiledRoom {
  const folder = mkdtempSync(join(tmpdir(), "kanband-room-"));
  for (const path of ["errors.ts", ...filesOf("git"), ...filesOf("files")]) {
    const { outputText } = ts.transpileModule(readFileSync(join(SOURCE, path), "utf8"), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2023,
        module: ts.ModuleKind.ESNext,
        rewriteRelativeImportExtensions: true,
        verbatimModuleSyntax: true,
      },
    });
    const target = join(folder, path.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  symlinkSync(fileURLToPath(new URL("../../../node_modules", import.meta.url)), join(folder, "node_modules"));

  async function run({ root, files, expression, failpoints = "" }: Job) {
    const imports = files.map((it, index) => `import * as m${index} from "./git/${it}.js";`).join("\n");
    const names = files.map((_, index) => `...m${index}`).join(", ");
    const program = `${imports}
      import { openRepository } from "./git/repository.js";
      const repo = await openRepository(${JSON.stringify(root)});
      const room = { ${names} };
      await (${expression})(repo, room);
      await repo.close();`;
    const path = join(folder, `program-${files.join("-")}.mjs`);
    writeFileSync(path, program);
    const env = { KANBAND_FAILPOINTS: failpoints };
    const { signal, stderr } = await execa(process.execPath, [path], { env, reject: false });
    return { signal, stderr };
  }

  return { run, remove: () => rmSync(folder, { recursive: true }) };
}

export type CompiledRoom = {
  run(job: Job): Promise<{ signal: string | undefined; stderr: string }>;
  remove(): void;
};

export type Job = {
  root: string;
  /** Files of the room, without extension. */
  files: readonly string[];
  /** An async function of `(repo, room)`, as text. */
  expression: string;
  failpoints?: string;
};

function filesOf(room: string): string[] {
  return readdirSync(join(SOURCE, room)).map((it) => `${room}/${it}`);
}
