import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import { readText } from "./refs.ts";
import type { Repository } from "./repository.ts";

/** Adds a pattern to `info/exclude`, which ignores files without a trace in the history; once. Code: WRITE_FAILED. */
export function addExclude(repo: Repository, pattern: string): void {
  const path = join(repo.commonDir, "info/exclude");
  const text = readText(path) ?? "";
  if (text.split(/\r?\n/).includes(pattern)) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileDurably(path, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${pattern}\n`);
}
