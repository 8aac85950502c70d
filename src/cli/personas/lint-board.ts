import type { Finding } from "../../board/finding.ts";
import { readFrontMatter } from "../../board/front-matter.ts";
import { lintPersona, lintReviewedTask, lintRoster } from "../../board/lint-personas.ts";
import type { Persona } from "../../board/persona.ts";
import { isReviewer } from "../../board/reviewer.ts";
import type { Task } from "../../board/task.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { type Cast, listSkills, namesOf, readBoardFile, readCasts } from "./board-files.ts";

/** What is worth a second look about the personas of a board, the rosters of its workflows and tasks, and who is sent what. */
export function lintBoard(boardRoot: string, snapshot: Snapshot): Finding[] {
  const { personas, settings, tasks } = snapshot;
  const casts = readCasts(boardRoot);
  return [
    ...lintPersonas(boardRoot, [...personas.values()]),
    ...[...casts.values()].flatMap(({ path, line, roster }) => lintRoster({ path, line }, roster, personas)),
    ...tasks.flatMap(({ lane, task }) =>
      // What is accepted is sent nowhere any more.
      task === null || lane === "done"
        ? []
        : lintTask(boardRoot, task, { personas, cast: casts.get(task.workflow ?? settings?.defaultWorkflow ?? "") }),
    ),
  ];
}

/** The same of these personas alone. */
export function lintPersonas(boardRoot: string, personas: readonly Persona[]): Finding[] {
  const skills = listSkills(boardRoot);
  return personas.flatMap((persona) => {
    const bytes = readBoardFile(boardRoot, persona.path);
    return bytes === null ? [] : lintPersona(persona, bytes, skills);
  });
}

function lintTask(
  boardRoot: string,
  { path, persona, workflow, body }: Task,
  { personas, cast }: { personas: Snapshot["personas"]; cast: Cast | undefined },
): Finding[] {
  const bytes = readBoardFile(boardRoot, path);
  if (bytes === null) return [];
  const { data, lineOf } = readFrontMatter(path, bytes);
  const roster = namesOf(data?.["personas"]);
  // One that names its persona goes past the workflow of the board.
  const isAlone = persona !== null && workflow === null;
  const senders = isAlone ? [persona] : roster.length > 0 ? roster : (cast?.members ?? []);
  const reviewer = senders.find((it) => isReviewerOf(personas, it));
  return [
    ...lintRoster({ path, line: lineOf("personas") }, roster, personas),
    ...(reviewer === undefined ? [] : lintReviewedTask(path, { data: data ?? {}, body, reviewer })),
  ];
}

function isReviewerOf(personas: Snapshot["personas"], id: string): boolean {
  const persona = personas.get(id);
  return persona !== undefined && isReviewer(persona);
}
