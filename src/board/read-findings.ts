import { lineOf, listOf, type Problems, shownAs, textOf } from "./said-values.ts";
import { isInside } from "./schema-parts.ts";
import { asSaid, type Said } from "./verdict-blocks.ts";
import { type ReviewFinding, SEVERITIES } from "./verdict-kind.ts";

const MOST_FINDINGS = 50;
const MOST_SOURCES = 10;
const TITLE_CHARACTERS = 200;
const TEXT_CHARACTERS = 2_000;
const NAME_CHARACTERS = 300;
const OF_WORKTREE = /^.*\/\.kanband\/worktrees\/[^/]+\//;

/** What a review found. One that says nothing of its severity is as grave as the verdict. */
export function readFindings(value: unknown, verdict: string, problems: Problems): ReviewFinding[] {
  if (value === undefined || value === null || value === "") return [];
  if (!Array.isArray(value)) {
    if (typeof value === "string" && /^none\.?$/i.test(value.trim())) return [];
    problems.push(`\`findings\` is ${shownAs(value)}; expected a list of { title, file, line, severity, why, fix }`);
    return [];
  }
  if (value.length > MOST_FINDINGS) {
    problems.push(`expected at most ${String(MOST_FINDINGS)} findings; there are ${String(value.length)}`);
    return [];
  }
  return value.flatMap((it: unknown, index) => findingOf(it, index, verdict, problems));
}

function findingOf(item: unknown, index: number, verdict: string, problems: Problems): ReviewFinding[] {
  const said = typeof item === "string" ? { title: item } : asSaid(item);
  const title = said === null ? null : lineOf(said["title"], TITLE_CHARACTERS);
  if (said === null || title === null) {
    problems.push(`finding ${String(index + 1)} is ${shownAs(item)}; expected a \`title\``);
    return [];
  }
  const place = placeOf(said, title, problems);
  return [
    {
      title,
      ...place,
      severity: severityOf(said["severity"], verdict, title, problems),
      why: textOf(said["why"], TEXT_CHARACTERS),
      fix: textOf(said["fix"], TEXT_CHARACTERS),
      sources: listOf(said["sources"], "sources", MOST_SOURCES, problems).flatMap(
        (it) => lineOf(it, NAME_CHARACTERS) ?? [],
      ),
    },
  ];
}

function severityOf(value: unknown, verdict: string, title: string, problems: Problems): ReviewFinding["severity"] {
  const word = lineOf(value, NAME_CHARACTERS)
    ?.toLowerCase()
    .replace(/[\s_]+/g, "-");
  if (word === undefined) return verdict === "must-fix" ? "must-fix" : "note";
  const known = SEVERITIES.find((it) => it === word);
  if (known === undefined) {
    problems.push(`the severity of ${shownAs(title)} is ${shownAs(value)}; expected ${SEVERITIES.join(", ")}`);
  }
  return known ?? "note";
}

// `src/a.ts:12`, `./src/a.ts` and the full path in the worktree are the same file.
function placeOf(said: Said, title: string, problems: Problems): Pick<ReviewFinding, "file" | "line"> {
  const written = lineOf(said["file"], NAME_CHARACTERS);
  const [, path = null, behind] = /^(.*?)(?::(\d{1,7})(?:[:-]\d+)*)?$/.exec(written ?? "") ?? [];
  const file = path === null || path === "" ? null : path.replace(OF_WORKTREE, "").replace(/^(?:\.\/)+/, "");
  if (file !== null && !isInside(file)) {
    problems.push(`the file of ${shownAs(title)} is ${shownAs(written)}; expected a path inside the repository`);
  }
  const number = /^\D{0,8}(\d{1,7})/.exec(typeof said["line"] === "string" ? said["line"] : (behind ?? ""))?.[1];
  const line = Number(number ?? 0);
  return { file, line: line > 0 ? line : null };
}
