import { expect, it } from "vitest";
import { lintPersona } from "../../../src/board/lint-personas.ts";
import { parsePersona } from "../../../src/board/persona-file.ts";
import { formatNewPersona } from "../../../src/cli/personas/format-new-persona.ts";

it.each([
  ["db_reviewer", 'Says: "no" # often', false],
  ["007", "", true],
])("%s is written in the shape of the others, and lints without a finding", (id, description, mutates) => {
  const bytes = Buffer.from(formatNewPersona({ id, description, mutates }));
  const { persona, findings } = parsePersona(`personas/${id}.md`, "abc", bytes);
  if (persona === null) throw new Error("no persona");

  expect([...findings, ...lintPersona(persona, bytes, new Set())]).toEqual([]);
  expect(persona).toMatchObject({ id, description, mutates, maxToolCalls: mutates ? 40 : 12 });
  expect([...persona.prompt.matchAll(/^## (.*)$/gm)].map((it) => it[1])).toEqual([
    "Inputs",
    "Hard rules",
    "Output",
    "Done",
  ]);
  expect(persona.prompt.split(/\s+/).length).toBeGreaterThan(100);
});
