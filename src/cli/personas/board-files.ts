import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readFrontMatter } from "../../board/front-matter.ts";
import { isTaskFile } from "../../board/task-file.ts";

/** The bytes of a regular file of the board; null when there is none. Links and pipes are not followed. */
export function readBoardFile(boardRoot: string, path: string): Buffer | null {
  const whole = join(boardRoot, path);
  try {
    return lstatSync(whole).isFile() ? readFileSync(whole) : null;
  } catch {
    return null;
  }
}

/** Names of the skills that the board has. */
export function listSkills(boardRoot: string): ReadonlySet<string> {
  const folder = join(boardRoot, "personas", "skills");
  return new Set(namesIn(folder).filter((it) => existsSync(join(folder, it, "SKILL.md"))));
}

/** Who takes part in a workflow, as far as its file can be read. */
export type Cast = {
  path: string;
  /** Those who take turns, and the line that says so; empty for a graph of steps. */
  roster: readonly string[];
  line: number | null;
  /** Everybody: those, and the personas of its steps. */
  members: readonly string[];
};

/** The personas of each workflow of the board, by the workflow's id. */
export function readCasts(boardRoot: string): ReadonlyMap<string, Cast> {
  const names = namesIn(join(boardRoot, "personas", "workflows")).filter(isTaskFile);
  return new Map(
    names.flatMap((name) => {
      const path = `personas/workflows/${name}`;
      const bytes = readBoardFile(boardRoot, path);
      if (bytes === null) return [];
      const { data, lineOf } = readFrontMatter(path, bytes);
      const roster = namesOf(data?.["personas"]);
      const steps: unknown[] = Array.isArray(data?.["steps"]) ? data["steps"] : [];
      const members = [...roster, ...steps.flatMap(personaOf)];
      return [[name.replace(/\.md$/, ""), { path, roster, line: lineOf("personas"), members }] as const];
    }),
  );
}

/** The names in a list of a front matter; one name alone is a list of one. */
export function namesOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((it) => typeof it === "string");
}

function personaOf(step: unknown): string[] {
  return typeof step === "object" && step !== null && "persona" in step ? namesOf(step.persona) : [];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}
