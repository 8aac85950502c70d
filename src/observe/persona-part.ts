import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../board/finding.ts";
import type { Persona } from "../board/persona.ts";
import { parsePersona } from "../board/persona-file.ts";
import type { Workflow } from "../board/workflow.ts";
import { parseWorkflow } from "../board/workflow-file.ts";
import type { ObjectFormat } from "./blob-id.ts";
import { createFolderPart, type FolderPart, updateFolder } from "./folder-part.ts";
import { readStamp } from "./stamp.ts";

/** What stands in `personas/`, as it was when last read: who there is, how they work together, and what they can be taught. */
export type PersonaPart = {
  readonly root: string;
  readonly personaFiles: FolderPart<Persona>;
  readonly workflowFiles: FolderPart<Workflow>;
  personas: ReadonlyMap<string, Persona>;
  workflows: ReadonlyMap<string, Workflow>;
  skills: ReadonlySet<string>;
  findings: readonly Finding[];
  /** When a file that somebody may be writing is to be looked at again. */
  lookAgainAt: number | null;
};

export function createPersonaPart(root: string, format: ObjectFormat): PersonaPart {
  return {
    root,
    personaFiles: createFolderPart("personas", {
      root,
      format,
      code: "PERSONA_INVALID",
      parse(path, bytes, blobSha) {
        const { persona, findings } = parsePersona(path, blobSha ?? "", bytes);
        return { value: persona, findings };
      },
    }),
    workflowFiles: createFolderPart("personas/workflows", {
      root,
      format,
      code: "WORKFLOW_INVALID",
      parse(path, bytes, blobSha) {
        const { workflow, findings } = parseWorkflow(path, blobSha ?? "", bytes);
        return { value: workflow, findings };
      },
    }),
    personas: new Map(),
    workflows: new Map(),
    skills: new Set(),
    findings: [],
    lookAgainAt: null,
  };
}

/** Reads what changed in `personas/`. */
export function updatePersonas(part: PersonaPart, now: number): void {
  const personas = updateFolder(part.personaFiles, now);
  const workflows = updateFolder(part.workflowFiles, now);
  part.personas = new Map(personas.values.map((it) => [it.id, it]));
  part.workflows = new Map(workflows.values.map((it) => [it.id, it]));
  part.skills = new Set(listSkills(part.root));
  part.findings = [...personas.findings, ...workflows.findings];
  const instants = [part.personaFiles.lookAgainAt, part.workflowFiles.lookAgainAt].filter((it) => it !== null);
  part.lookAgainAt = instants.length === 0 ? null : Math.min(...instants);
}

/** Skills are read when they are given to somebody; that there is one is enough here. */
function listSkills(root: string): string[] {
  const folder = join(root, "personas", "skills");
  try {
    return readdirSync(folder).filter((name) => readStamp(join(folder, name, "SKILL.md"))?.kind === "file");
  } catch {
    return [];
  }
}
