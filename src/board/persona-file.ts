import * as v from "valibot";
import type { Finding } from "./finding.ts";
import { readLoosely } from "./loose-front-matter.ts";
import type { Persona } from "./persona.ts";
import { plainValues } from "./plain-values.ts";
import { unportableReason } from "./portable-name.ts";
import { findingsOf } from "./schema-findings.ts";
import { count, filled, text } from "./schema-parts.ts";
import { isSessionOutput, SESSION_OUTPUT } from "./session-output.ts";
import { oneLine } from "./text.ts";

const NAMES = "a list of names, or names with commas between";
const nameList = v.union([v.array(filled("a name")), v.string()], NAMES);
// opencode has them as `{ bash: true, write: false }`.
const toolList = v.union([v.array(filled("a name")), v.string(), v.record(v.string(), v.boolean(NAMES))], NAMES);
const outputFile = v.pipe(filled("a file name"), v.check(isSessionOutput, SESSION_OUTPUT));

/** A superset of the widespread subagent format; other keys of such files are ignored. */
export const PersonaKeys = v.object({
  name: v.optional(text()),
  description: v.optional(text()),
  agent: v.optional(filled("an agent")),
  model: v.optional(filled("a model")),
  output: v.optional(outputFile),
  skills: v.optional(nameList),
  tools: v.optional(toolList),
  reads: v.optional(nameList),
  mutates: v.optional(v.boolean("true or false")),
  max_tool_calls: v.optional(count(1, 1_000_000)),
});

const KINDS = {
  names: new Set<string>(),
  texts: new Set(["name", "description", "agent", "model", "output", "skills", "tools", "reads"]),
  lists: new Set(["skills", "tools", "reads"]),
};

const MAX_TOOL_CALLS = 12;
const OURS: ReadonlySet<string> = new Set(Object.keys(PersonaKeys.entries));

/** Reads a persona's file; null when a finding (PERSONA_INVALID) is an error. Its id is the file name, whatever `name:` says. */
export function parsePersona(
  path: string,
  blobSha: string,
  bytes: Uint8Array,
): { persona: Persona | null; findings: Finding[] } {
  const code = "PERSONA_INVALID";
  const id = path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
  const { file, findings: readFindings } = readLoosely(path, bytes, { code, ours: OURS });
  if (file.data === null) return { persona: null, findings: readFindings };

  const { values, findings: valueFindings } = plainValues(file, { ...KINDS, path, code });
  const findings = [...readFindings, ...valueFindings];
  const problem = (
    line: number | null,
    message: string,
    hint: string,
    severity: Finding["severity"] = "error",
  ): number => findings.push({ path, line, severity, code, message, hint });
  const reason = unportableReason(id);
  if (reason !== null) problem(null, `the persona's name does not work everywhere: ${reason}`, "Rename the file.");
  const parsed = v.safeParse(PersonaKeys, values);
  if (!parsed.success) findings.push(...findingsOf(parsed.issues, { path, code, lineAt: file.lineAt }));
  if (file.body.trim() === "") problem(file.bodyLine, "there is no prompt below the front matter", "Write one.");
  if (!parsed.success || findings.some((it) => it.severity === "error")) return { persona: null, findings };

  const keys = parsed.output;
  if (keys.name !== undefined && keys.name !== id) {
    problem(
      file.lineOf("name"),
      `\`name\` is ${JSON.stringify(oneLine(keys.name, 60))}; tasks know this persona as ${id}`,
      "Rename the file or the name.",
      "warning",
    );
  }
  const persona: Persona = {
    id,
    path,
    blobSha,
    // Many are written by programs that put every line break as two characters.
    description: oneLine((keys.description ?? "").replaceAll("\\n", " "), 2000),
    agent: keys.agent ?? null,
    model: keys.model === undefined || keys.model === "inherit" ? null : keys.model,
    output: keys.output ?? `${id}.md`,
    skills: listOf(keys.skills),
    tools: toolsOf(keys.tools),
    mutates: keys.mutates ?? false,
    maxToolCalls: keys.max_tool_calls ?? (keys.mutates === true ? null : MAX_TOOL_CALLS),
    reads: keys.reads === undefined ? null : listOf(keys.reads),
    prompt: file.body,
  };
  return { persona, findings };
}

/** `Read, Bash(git log:*, git show:*), Grep` are three: a comma within brackets separates nothing. */
function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  const parts = typeof value === "string" ? value.split(/,(?![^(]*\))/) : value;
  return parts.map((it) => it.trim()).filter((it) => it !== "");
}

// `*` is no list: everything that the agent has.
function toolsOf(value: string | string[] | Record<string, boolean> | undefined): string[] {
  const isMap = typeof value === "object" && !Array.isArray(value);
  const names = listOf(isMap ? Object.keys(value).filter((it) => value[it] === true) : value);
  return names.includes("*") ? [] : names;
}
