import {
  exactOf,
  lineOf,
  listOf,
  MESSAGE_CHARACTERS,
  NAME_CHARACTERS,
  PROBLEM_CHARACTERS,
  type Problems,
  pathsOf,
  shownAs,
  textOf,
} from "./said-values.ts";
import { PRIORITIES, type Priority } from "./task.ts";
import { oneLine } from "./text.ts";
import { asSaid, lastBlockOf, type Said } from "./verdict-blocks.ts";

/** A task that a persona proposes. */
export type ProposedSubtask = {
  title: string;
  body: string;
  /** Titles or ids, of this list or of the board. */
  dependencies: readonly string[];
  touches: readonly string[];
  acceptance: readonly string[];
  persona: string | null;
  priority: Priority | null;
};

const MOST_SUBTASKS = 50;
const MOST_ITEMS = 50;
const TITLE_CHARACTERS = 150;
const BODY_CHARACTERS = 16_000;
const LINE_CHARACTERS = 500;

/**
 * The tasks that a message proposes in its last `subtasks` block. One without a title is left out, and so is whatever is wrong
 * in another; `problems` says so, a line each.
 */
export function readSubtasks(message: string): { subtasks: readonly ProposedSubtask[]; problems: readonly string[] } {
  if (message.length > MESSAGE_CHARACTERS) {
    return { subtasks: [], problems: ["subtasks: not looked for in a message of more than a million characters"] };
  }
  const block = lastBlockOf("subtasks", message);
  if (block === null) return { subtasks: [], problems: [] };
  if ("problem" in block) return { subtasks: [], problems: [lineFor(`subtasks: ${block.problem}`)] };
  const inner = asSaid(block.value)?.["subtasks"];
  const listed: unknown = inner ?? block.value;
  if (!Array.isArray(listed)) {
    return {
      subtasks: [],
      problems: [lineFor(`subtasks: expected a list of { title, body, … }, not ${shownAs(listed)}`)],
    };
  }
  const problems: Problems = [];
  if (listed.length > MOST_SUBTASKS) {
    problems.push(`subtasks: there are ${String(listed.length)}; the first ${String(MOST_SUBTASKS)} are read`);
  }
  const subtasks = listed.slice(0, MOST_SUBTASKS).flatMap((it: unknown, index) => {
    const found: Problems = [];
    const subtask = subtaskOf(asSaid(it), found);
    problems.push(...found.map((problem) => `subtask ${String(index + 1)}: ${problem}`));
    return subtask === null ? [] : [subtask];
  });
  return { subtasks, problems: problems.map(lineFor) };
}

function subtaskOf(said: Said | null, problems: Problems): ProposedSubtask | null {
  const title = said === null ? null : lineOf(said["title"], TITLE_CHARACTERS);
  if (said === null || title === null) {
    problems.push("it has no `title`");
    return null;
  }
  return {
    title,
    body: textOf(said["body"], BODY_CHARACTERS),
    dependencies: linesOf(said["dependencies"], "dependencies", problems),
    touches: pathsOf(said["touches"], "touches", MOST_ITEMS, problems),
    acceptance: linesOf(said["acceptance"], "acceptance", problems),
    persona: exactOf(said["persona"], "persona", NAME_CHARACTERS, problems),
    priority: priorityOf(said["priority"], problems),
  };
}

function linesOf(value: unknown, what: string, problems: Problems): string[] {
  return listOf(value, what, MOST_ITEMS, problems).flatMap((it) => lineOf(it, LINE_CHARACTERS) ?? []);
}

function priorityOf(value: unknown, problems: Problems): Priority | null {
  const word = lineOf(value, NAME_CHARACTERS)?.toLowerCase();
  if (word === undefined) return null;
  const known = PRIORITIES.find((it) => it === (word === "medium" ? "normal" : word));
  if (known === undefined) problems.push(`\`priority\` is ${shownAs(value)}; expected ${PRIORITIES.join(", ")}`);
  return known ?? null;
}

function lineFor(problem: string): string {
  return oneLine(problem, PROBLEM_CHARACTERS);
}
