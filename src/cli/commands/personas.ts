import { join } from "node:path";
import type { Finding } from "../../board/finding.ts";
import type { Persona } from "../../board/persona.ts";
import { unportableReason } from "../../board/portable-name.ts";
import { didYouMean } from "../../board/suggest.ts";
import { isTaskFile } from "../../board/task-file.ts";
import { cleanText, oneLine } from "../../board/text.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import type { Board } from "../../observe/open-board.ts";
import { counted, reportFindings } from "../check/report-findings.ts";
import { sortFindings } from "../check/sort-findings.ts";
import { type Context, print, printJson } from "../context.ts";
import { idOf, requireBoardHere } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { factsOf, personaLines } from "../personas/describe-persona.ts";
import { formatNewPersona } from "../personas/format-new-persona.ts";
import { lintBoard, lintPersonas } from "../personas/lint-board.ts";
import { placeFile } from "../place-file.ts";
import { placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { safe } from "../status/words.ts";

type PersonaArgs = ArgsOf<typeof SPECS.personas>;

/**
 * Lists the personas, shows one, looks them over, or writes a new one. Throws USAGE for the wrong number of names,
 * PERSONA_UNKNOWN, PERSONA_INVALID, FILE_EXISTS, BOARD_ELSEWHERE.
 */
export async function run(context: Context, args: PersonaArgs): Promise<number> {
  if (args.what !== "new" && (args.mutates || args.description !== null)) {
    throw new KanbandError("USAGE", "--mutates and --description go with `personas new`");
  }
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    requireBoardHere(snapshot);
    if (args.what === "show") return show(context, snapshot, args);
    if (args.what === "lint") return lint(context, board, snapshot, args);
    if (args.what === "new") return write(context, board, args);
    return list(context, snapshot, args);
  });
}

function list({ out }: Context, snapshot: Snapshot, { names, json }: PersonaArgs): number {
  if (names.length > 0) throw new KanbandError("USAGE", "`personas list` takes no names", { hint: "Try `show`." });
  const personas = [...snapshot.personas.values()].map(factsOf);
  const broken = findingsOf(snapshot).filter(({ severity }) => severity === "error");
  if (json) {
    printJson(out, { personas, broken });
    return 0;
  }
  const width = Math.max(0, ...personas.map(({ id }) => id.length));
  for (const { id, mutates, promptWords, description } of personas) {
    const facts = `${safe(id).padEnd(width)}  ${mutates ? "writes" : "reads "} ${String(promptWords).padStart(5)} words  `;
    print(out, `${facts}${paint(out, "dim", oneLine(description, Math.max(20, out.columns() - facts.length)))}`);
  }
  for (const { path, message } of broken) print(out, `${paint(out, "red", "broken")} ${safe(path)}: ${safe(message)}`);
  return 0;
}

function show({ out }: Context, snapshot: Snapshot, { names, json }: PersonaArgs): number {
  const persona = findPersona(snapshot, onlyOne(names));
  const facts = factsOf(persona);
  if (json) {
    printJson(out, { ...facts, prompt: persona.prompt, findings: findingsOf(snapshot, [persona.path]) });
    return 0;
  }
  print(out, paint(out, "bold", safe(persona.id)));
  for (const [name, value] of personaLines(facts)) {
    print(out, `  ${paint(out, "dim", name.padEnd(10))} ${safe(value)}`);
  }
  print(out, "", cleanText(persona.prompt).trim());
  return 0;
}

function lint(context: Context, { boardRoot }: Board, snapshot: Snapshot, { names, json }: PersonaArgs): number {
  const paths = names.map((name) => pathOf(snapshot, name));
  const chosen = [...snapshot.personas.values()].filter(({ path }) => paths.includes(path));
  const findings =
    names.length === 0
      ? [...findingsOf(snapshot), ...lintBoard(boardRoot, snapshot)]
      : [...findingsOf(snapshot, paths), ...lintPersonas(boardRoot, chosen)];
  const looked = counted(names.length === 0 ? snapshot.personas.size : chosen.length, "persona");
  return reportFindings(context, sortFindings(findings), { boardRoot, isJson: json, looked });
}

function write(context: Context, { boardRoot }: Board, { names, description, mutates, json }: PersonaArgs): number {
  // A path is taken for what it says: what lies elsewhere is not made here under its last name.
  const id = onlyOne(names)
    .replace(/^personas\//, "")
    .replace(/\.md$/, "");
  const path = `personas/${id}.md`;
  const reason = unportableReason(id) ?? (isTaskFile(`${id}.md`) ? null : "it is no name of a persona");
  if (reason !== null) throw new KanbandError("USAGE", `'${oneLine(id, 60)}' cannot be a persona: ${reason}`);
  const text = formatNewPersona({ id, description: oneLine(description ?? "", 500), mutates });
  if (!placeFile(join(boardRoot, path), text)) throw new KanbandError("FILE_EXISTS", `there is a ${path} already`);
  if (json) printJson(context.out, { persona: id, path });
  else {
    print(context.out, `${paint(context.out, "bold", id)}  ${placeOf(context, boardRoot)(path)}`);
    print(context.out, `Say there what it looks for, then \`kanband personas lint ${id}\`.`);
  }
  return 0;
}

function onlyOne(names: readonly string[]): string {
  const [name] = names;
  if (name === undefined || names.length > 1) throw new KanbandError("USAGE", "name one persona");
  return name;
}

function findPersona(snapshot: Snapshot, name: string): Persona {
  const path = pathOf(snapshot, name);
  const persona = snapshot.personas.get(idOf(name));
  if (persona !== undefined) return persona;
  const [finding] = findingsOf(snapshot, [path]);
  throw new KanbandError("PERSONA_INVALID", `${path}:${finding?.line ?? 1}: ${finding?.message ?? "is not readable"}`);
}

// Of a file that cannot be read there are findings alone.
function pathOf(snapshot: Snapshot, name: string): string {
  const id = idOf(name);
  const path = `personas/${id}.md`;
  if (snapshot.personas.has(id) || findingsOf(snapshot, [path]).length > 0) return path;
  throw new KanbandError(
    "PERSONA_UNKNOWN",
    `no persona '${oneLine(id, 60)}'${didYouMean(id, snapshot.personas.keys())}`,
  );
}

function findingsOf({ findings }: Snapshot, paths: readonly string[] | null = null): Finding[] {
  return findings.filter(({ path }) => (paths === null ? path.startsWith("personas/") : paths.includes(path)));
}
