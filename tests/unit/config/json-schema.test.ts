import { join } from "node:path";
import { toJsonSchema } from "@valibot/to-json-schema";
import { getDescription } from "valibot";
import { describe, expect, it } from "vitest";
import { TaskKeys } from "../../../src/board/task-keys.ts";
import { SettingsFile } from "../../../src/config/settings-file.ts";

const DOCS = join(import.meta.dirname, "../../../docs");

type Entries = Readonly<Record<string, Parameters<typeof getDescription>[0]>>;

/** The schema of what people write. `npx vitest run -u …` writes the file anew. */
function jsonSchema(title: string, schema: Parameters<typeof toJsonSchema>[0] & { entries: Entries }): string {
  const { $schema, properties, ...rest } = toJsonSchema(schema, { typeMode: "input", errorMode: "ignore" });
  // The generator drops what stands behind a transformation, the description too.
  const described = Object.entries(properties ?? {}).map(([key, property]) => {
    const description = descriptionOf(schema.entries[key]);
    return [key, typeof property === "object" && description !== undefined ? { ...property, description } : property];
  });
  const json = { $schema, title, ...rest, properties: Object.fromEntries(described) as unknown };
  return `${JSON.stringify(json, null, 2).replace(/\[\s+((?:"[^"]*",?\s+)+)\]/g, onOneLine)}\n`;
}

// As the formatter of this repository wants short lists.
function onOneLine(_: string, items: string): string {
  return `[${items.trim().replace(/,\s+/g, ", ")}]`;
}

function descriptionOf(entry: Entries[string] | undefined): string | undefined {
  if (entry === undefined) return undefined;
  const wrapped: unknown = Reflect.get(entry, "wrapped");
  return getDescription(isSchema(wrapped) ? wrapped : entry);
}

function isSchema(value: unknown): value is Entries[string] {
  return typeof value === "object" && value !== null && "~run" in value;
}

it("every key says what it is for", () => {
  for (const { entries } of [SettingsFile, TaskKeys]) {
    for (const [key, entry] of Object.entries(entries)) expect(descriptionOf(entry), key).toMatch(/\.$/);
  }
});

describe("the JSON schemas in docs/ are those of the code", () => {
  it("settings", async () => {
    await expect(jsonSchema("Front matter of board/board.md", SettingsFile)).toMatchFileSnapshot(
      join(DOCS, "settings.schema.json"),
    );
  });

  it("tasks", async () => {
    await expect(jsonSchema("Front matter of a task", TaskKeys)).toMatchFileSnapshot(join(DOCS, "task.schema.json"));
  });
});
