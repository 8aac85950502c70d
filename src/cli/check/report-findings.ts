import type { Finding } from "../../board/finding.ts";
import { type Context, print, printJson } from "../context.ts";
import { paint } from "../paint.ts";
import { placeOf } from "../place-of.ts";
import { safe } from "../status/words.ts";

/** Prints findings as `path:line: severity CODE message`, or as JSON, and answers the exit code: 1 when one is an error. */
export function reportFindings(
  context: Context,
  findings: readonly Finding[],
  { boardRoot, isJson, looked }: { boardRoot: string; isJson: boolean; looked: string },
): number {
  const errorCount = findings.filter(({ severity }) => severity === "error").length;
  const isOk = errorCount === 0;
  if (isJson) printJson(context.out, { isOk, errorCount, warningCount: findings.length - errorCount, findings });
  else list(context, findings, { boardRoot, looked });
  return isOk ? 0 : 1;
}

function list(
  context: Context,
  findings: readonly Finding[],
  { boardRoot, looked }: { boardRoot: string; looked: string },
): void {
  const { out } = context;
  const place = placeOf(context, boardRoot);
  for (const { path, line, severity, code, message, hint } of findings) {
    const word = paint(out, severity === "error" ? "red" : "yellow", severity);
    print(out, `${place(path)}:${line ?? 1}: ${word} ${paint(out, "dim", code)} ${safe(message)}`);
    if (hint !== null) print(out, paint(out, "dim", `    ${safe(hint)}`));
  }
  if (findings.length === 0) print(out, `${paint(out, "green", "ok")} ${looked}, nothing wrong`);
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
