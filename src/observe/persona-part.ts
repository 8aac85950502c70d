import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../board/finding.ts";
import type { Persona } from "../board/persona.ts";
import { parsePersona } from "../board/persona-file.ts";
import { isTaskFile } from "../board/task-file.ts";
import type { ObjectFormat } from "./blob-id.ts";
import { type FileReader, type FileRecord, refreshFile } from "./file-record.ts";
import { settlesAt } from "./settle.ts";

type PersonaReading = { persona: Persona | null; findings: readonly Finding[] };

/** The personas as they were when last read. */
export type PersonaPart = {
  readonly reader: FileReader<PersonaReading>;
  readonly records: Map<string, FileRecord<PersonaReading>>;
  personas: ReadonlyMap<string, Persona>;
  findings: readonly Finding[];
  /** When a file that somebody may be writing is to be looked at again. */
  lookAgainAt: number | null;
};

export function createPersonaPart(root: string, format: ObjectFormat): PersonaPart {
  const parse = (path: string, bytes: Uint8Array, blobSha: string | null) => parsePersona(path, blobSha ?? "", bytes);
  const reader: FileReader<PersonaReading> = { root, format, code: "PERSONA_INVALID", parse };
  return { reader, records: new Map(), personas: new Map(), findings: [], lookAgainAt: null };
}

/** Reads what changed in `personas/`. A file in the middle of a save counts as it was before. */
export function updatePersonas(part: PersonaPart, now: number): void {
  const paths = listPersonas(part.reader.root);
  const personas = new Map<string, Persona>();
  part.lookAgainAt = null;
  for (const path of part.records.keys()) if (!paths.includes(path)) part.records.delete(path);
  for (const path of paths) {
    const previous = part.records.get(path);
    const found = refreshFile(part.reader, path, previous, "content", now);
    const isUnsettled = found !== null && found !== previous && settlesAt(found, null) > now;
    if (isUnsettled) part.lookAgainAt = settlesAt(found, null);
    const record = isUnsettled && previous !== undefined ? previous : found;
    if (record === null) continue;
    part.records.set(path, record);
    const persona = record.value?.persona ?? null;
    if (persona !== null) personas.set(persona.id, persona);
  }
  part.personas = personas;
  part.findings = [...part.records.values()].flatMap((it) => [
    ...(it.value?.findings ?? []),
    ...(it.problem === null ? [] : [it.problem]),
  ]);
}

function listPersonas(root: string): string[] {
  try {
    return readdirSync(join(root, "personas"), { withFileTypes: true })
      .filter((it) => !it.isDirectory() && isTaskFile(it.name))
      .map((it) => `personas/${it.name}`)
      .toSorted();
  } catch {
    return [];
  }
}
