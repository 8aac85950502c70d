import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { getSystemErrorMap } from "node:util";
import { FAILPOINTS, type Failpoint } from "./failpoints.ts";

type Action =
  | { kind: "kill" }
  | { kind: "errno"; code: string }
  | { kind: "pause"; ms: number }
  | { kind: "hold"; path: string }
  | { kind: "log"; path: string };

type Rule = { pattern: string; action: Action; onHit: number | null; hits: number };

type Plan = { names: ReadonlySet<string>; rules: readonly Rule[] };

// Read once at start: with the variable unset a failpoint is one comparison.
const PLAN = readPlan(process.env["KANBAND_FAILPOINTS"]);

/**
 * A named place where tests make this process die, fail or wait. In force only when `KANBAND_FAILPOINTS` is set:
 * comma-separated `pattern=action[@n]`. A pattern is a name, a prefix such as `git.*`, `*`, or `write:*` (whatever starts a
 * durable write). Actions: `kill` (SIGKILL, at once), an errno such as `ENOSPC` (thrown as node's fs would),
 * `pause:<ms>`, `hold:<path>` (writes `<path>.at`, waits until `<path>.go` exists), `log:<path>` (adds a line with the
 * name). With `@n` only the nth hit counts, without it every hit.
 */
export function failpoint(name: Failpoint): void {
  if (PLAN === null) return;
  if (!PLAN.names.has(name)) throw new Error(`failpoint '${name}' is not in the catalogue`);
  for (const rule of PLAN.rules) {
    if (!matches(rule.pattern, name)) continue;
    rule.hits++;
    if (rule.onHit === null || rule.onHit === rule.hits) act(rule.action, name);
  }
}

/** The catalogue. */
export function listFailpoints(): readonly string[] {
  return FAILPOINTS;
}

function matches(pattern: string, name: string): boolean {
  if (pattern === "write:*") return name.includes(".before-");
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

function act(action: Action, name: string): void {
  switch (action.kind) {
    case "kill":
      process.kill(process.pid, "SIGKILL");
      // The signal is delivered on the way back from the system call; should it be late, nothing runs meanwhile.
      sleepSync(60_000);
      return;
    case "errno":
      throw errnoError(action.code, name);
    case "pause":
      sleepSync(action.ms);
      return;
    case "log":
      appendFileSync(action.path, `${name}\n`);
      return;
    case "hold":
      writeFileSync(`${action.path}.at`, `${name}\n`);
      while (!existsSync(`${action.path}.go`)) sleepSync(1);
  }
}

function errnoError(code: string, name: string): Error {
  const known = [...getSystemErrorMap()].find(([, [it]]) => it === code);
  if (known === undefined) throw new Error(`KANBAND_FAILPOINTS: no such error code '${code}'`);
  const [errno, [, text]] = known;
  return Object.assign(new Error(`${code}: ${text}, failpoint '${name}'`), { code, errno, syscall: "failpoint" });
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function readPlan(text: string | undefined): Plan | null {
  if (text === undefined || text === "") return null;
  return { names: new Set(FAILPOINTS), rules: text.split(",").map(parseRule) };
}

function parseRule(text: string): Rule {
  const match = /^([^=]+)=([^@]+)(?:@([1-9]\d*))?$/.exec(text.trim());
  if (match === null) throw new Error(`KANBAND_FAILPOINTS: expected name=action[@n], got '${text}'`);
  const [, pattern = "", action = "", nth] = match;
  const isKnown = pattern === "write:*" || FAILPOINTS.some((name) => matches(pattern, name));
  if (!isKnown) throw new Error(`KANBAND_FAILPOINTS: no failpoint matches '${pattern}'`);
  return { pattern, action: parseAction(action), onHit: nth === undefined ? null : Number(nth), hits: 0 };
}

function parseAction(text: string): Action {
  if (text === "kill") return { kind: "kill" };
  if (text.startsWith("hold:")) return { kind: "hold", path: text.slice("hold:".length) };
  if (text.startsWith("log:")) return { kind: "log", path: text.slice("log:".length) };
  const pause = /^pause:(\d+)$/.exec(text);
  if (pause !== null) return { kind: "pause", ms: Number(pause[1]) };
  if (/^E[A-Z0-9]+$/.test(text)) return { kind: "errno", code: text };
  throw new Error(
    `KANBAND_FAILPOINTS: unknown action '${text}'; expected kill, an errno, pause:<ms>, hold:<path> or log:<path>`,
  );
}
