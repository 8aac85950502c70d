import type * as v from "valibot";
import type { Finding } from "./finding.ts";
import type { FrontMatter } from "./front-matter.ts";
import { didYouMean } from "./suggest.ts";

type Issue = v.BaseIssue<unknown>;

/** What a schema refused, as findings that name path, line, key, value and what was expected. */
export function findingsOf(
  issues: readonly Issue[],
  file: { path: string; code: string; lineAt: FrontMatter["lineAt"] },
): Finding[] {
  return issues.map((outer) => {
    const { issue, keys } = deepest(outer);
    return {
      path: file.path,
      line: file.lineAt(keys),
      severity: "error",
      code: file.code,
      message: `\`${nameOf(keys)}\` is ${shown(issue.input)}; expected ${issue.message}${suggestionFor(issue)}`,
      hint: null,
    };
  });
}

/** A key as people write it: `slots[1].name`. */
export function nameOf(keys: ReadonlyArray<string | number>): string {
  return keys
    .map((key) => (typeof key === "number" ? `[${String(key)}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");
}

/** A value as one short line. */
export function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const json = JSON.stringify(value) ?? "unreadable";
  return json.length > 60 ? `${json.slice(0, 59)}…` : json;
}

type Located = { issue: Issue; keys: (string | number)[] };

// A union says only that no member fits; the member that got furthest knows which item is wrong.
function deepest(issue: Issue, around: (string | number)[] = []): Located {
  const keys = [...around, ...(issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)))];
  let best: Located = { issue, keys };
  for (const inner of issue.issues ?? []) {
    const candidate = deepest(inner, keys);
    if (candidate.keys.length > best.keys.length) best = candidate;
  }
  return best;
}

function suggestionFor(issue: Issue): string {
  if (typeof issue.input !== "string" || issue.type !== "picklist") return "";
  const options = [...(issue.expected ?? "").matchAll(/"([^"]+)"/g)].map((it) => it[1] ?? "");
  return didYouMean(issue.input, options);
}
