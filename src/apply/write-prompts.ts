import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { editFrontMatter } from "../board/front-matter.ts";
import type { Session } from "../board/session.ts";
import { slugOf } from "../board/task-file.ts";
import type { ReviewFinding } from "../board/verdict-kind.ts";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { readRegularFile } from "./board-file.ts";
import type { World } from "./world.ts";

/**
 * Makes an implementation prompt of each finding that must be mended: `sessions/<task>/tasks/<NN>-<slug>.md`, numbered on from
 * those of earlier rounds. Doing it again for the same round writes the same files.
 */
export function writePrompts(
  { boardRoot }: Pick<World, "boardRoot">,
  { taskId, step, attempt, verdict, findings = [] }: Session,
): void {
  const wanted = findings.filter(({ severity }) => severity === "must-fix");
  if (verdict !== "must-fix" || wanted.length === 0) return;
  const folder = join(boardRoot, "sessions", taskId, "tasks");
  mkdirSync(folder, { recursive: true });
  const round = `${step}/${attempt}`;
  const first = firstNumber(folder, round);
  failpoint("apply.prompts.before-write");
  for (const [index, finding] of wanted.entries()) {
    const number = String(first + index).padStart(2, "0");
    writeFileDurably(join(folder, `${number}-${slugOf(finding.title)}.md`), formatPrompt(finding, round), {
      isSynced: false,
    });
  }
  failpoint("apply.prompts.after-write");
}

// A person may have removed some of them: no number is given again to something else.
function firstNumber(folder: string, round: string): number {
  const own: number[] = [];
  const others = [0];
  for (const name of readdirSync(folder)) {
    const number = Number(/^(\d+)-.*\.md$/.exec(name)?.[1] ?? 0);
    if (number > 0) (roundOf(join(folder, name)) === round ? own : others).push(number);
  }
  return own.length > 0 ? Math.min(...own) : Math.max(...others) + 1;
}

function formatPrompt({ title, file, line, why, fix, sources }: ReviewFinding, round: string): string {
  const place = file === null ? "" : `Where: \`${file}${line === null ? "" : `:${line}`}\``;
  const text = [`# ${title}`, place, why, fix === "" ? "" : `## What would mend it\n\n${fix}`];
  const body = text.filter((it) => it.trim() !== "").join("\n\n");
  const keys: [string, string][] = [["round", round]];
  if (sources.length > 0) keys.push(["sources", sources.join(", ")]);
  return editFrontMatter(`\n${body}\n`, keys);
}

function roundOf(path: string): string | null {
  return /^round: (.+)$/m.exec(readRegularFile(path)?.toString("utf8") ?? "")?.[1]?.replace(/^["']|["']$/g, "") ?? null;
}
