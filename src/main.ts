#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { createOutput } from "./cli/context.ts";
import { runCli } from "./cli/run.ts";

// `kanband status | head` closes the pipe early: that is no error of anybody's.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const dir = process.cwd();
const exitCode = await runCli(process.argv.slice(2), {
  dir,
  here: dir,
  env: process.env,
  out: createOutput(process.stdout, process.env),
  err: createOutput(process.stderr, process.env),
  readStdin,
  self: [process.execPath, fileURLToPath(import.meta.url)],
  exit: (code) => process.exit(code),
});

// Everything is awaited by now; a timer or a child that somebody forgot must not keep a person waiting.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}
