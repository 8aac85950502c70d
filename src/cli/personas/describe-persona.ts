import { countWords } from "../../board/lint-personas.ts";
import type { Persona } from "../../board/persona.ts";

/** What is known of a persona without its prompt, in the words of its file. */
export type PersonaFacts = Omit<Persona, "prompt"> & {
  /** What is loaded when it is sent a task. */
  promptWords: number;
  promptBytes: number;
};

/** The facts of a persona that was read. */
export function factsOf({ prompt, ...persona }: Persona): PersonaFacts {
  return { ...persona, promptWords: countWords(prompt), promptBytes: Buffer.byteLength(prompt) };
}

const EDITING = ["Edit", "MultiEdit", "Write", "NotebookEdit"];

/** The facts as lines of a name and a value, those that say something. */
export function personaLines(facts: PersonaFacts): [name: string, value: string][] {
  const { path, description, agent, model, output, skills, tools, mutates, maxToolCalls, reads, blobSha } = facts;
  const editing = mutates ? [] : tools.filter((it) => EDITING.includes(it));
  const aside = editing.length === 0 ? "" : ` (${editing.join(", ")}: in vain, it may not change files)`;
  const lines: [string, string | null][] = [
    ["file", `${path} (blob ${blobSha.slice(0, 7)})`],
    ["for", description === "" ? null : description],
    ["may", mutates ? "change files" : "read"],
    ["agent", agent],
    ["model", model],
    ["tools", tools.length === 0 ? null : `${tools.join(", ")}${aside}`],
    ["tool calls", maxToolCalls === null ? "no limit" : `at most ${maxToolCalls}`],
    ["skills", skills.length === 0 ? null : skills.join(", ")],
    ["reads", reads === null ? null : reads.join(", ") || "nothing"],
    ["writes", `sessions/<task>/${output}`],
    ["prompt", `${facts.promptWords} words, ${facts.promptBytes} bytes`],
  ];
  return lines.flatMap(([name, value]) => (value === null ? [] : [[name, value]]));
}
