import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LANES, type Lane } from "../../../src/board/lane.ts";
import { writeFiles } from "../../helpers/git-repo.ts";
import { type LiveBoard, liveBoard } from "../../helpers/live-board.ts";
import type { QueueTask } from "./draw.ts";
import { CHECK, WORK } from "./kinds.ts";

export const VERIFY = ["sh check.sh"];
export const SLOTS = 8;

const SETTINGS = [
  `slots: ${SLOTS}`,
  "agent: shell",
  "grace: 1s",
  "wip: { for_review: 10000 }",
  "retry: { limit: 2, base: 100ms, max: 1s }",
  "rework: { limit: 2 }",
  `verify: [${VERIFY.join(", ")}]`,
  "checks: { config: [check.sh, work.sh] }",
  "",
].join("\n");

/** A repository with all of these tasks in planned/. */
export async function makeQueueBoard(tasks: readonly QueueTask[]): Promise<LiveBoard> {
  const board = await liveBoard({ settings: SETTINGS });
  const groups = tasks.flatMap(({ group }) => (group === null ? [] : [[`shared/${group}.txt`, "nobody\n"]]));
  writeFiles(board.root, { "work.sh": WORK, "check.sh": CHECK, "shared/none.txt": "", ...Object.fromEntries(groups) });
  for (const task of tasks) board.write(`board/planned/${task.id}.md`, textOf(task));
  await board.git("add", "--all");
  await board.git("commit", "--quiet", "--message", "Say what there is to do");
  return board;
}

function textOf({ id, kind, dependencies, isStacked, group }: QueueTask): string {
  const keys = [
    ...(dependencies.length === 0 ? [] : [`dependencies: [${dependencies.join(", ")}]`]),
    ...(isStacked ? ["stack: true"] : []),
    `verify: ["grep -qx 'ok by ${id}' work/${id}.txt"]`,
  ];
  const command = ["sh work.sh", kind.name, group ?? "none", ...dependencies].join(" ");
  return `---\n${keys.join("\n")}\n---\n# Work of ${id}\n\n\`\`\`sh\n${command}\n\`\`\`\n`;
}

/** Where each task file lies; one that lies in several lanes, or in none, says so. */
export function lanesOf(root: string): Map<string, Lane[]> {
  const lanes = new Map<string, Lane[]>();
  for (const lane of LANES) {
    for (const name of readdirSync(join(root, "board", lane))) {
      const id = /^([th]\d+)\.md$/.exec(name)?.[1];
      if (id !== undefined) lanes.set(id, [...(lanes.get(id) ?? []), lane]);
    }
  }
  return lanes;
}

/** The text of a task file; empty where there is none at this moment. */
export function taskText(root: string, id: string, lane: Lane): string {
  try {
    return readFileSync(join(root, "board", lane, `${id}.md`), "utf8");
  } catch {
    return "";
  }
}

/** Why a task lies in blocked/, without quotes. */
export function blockedReason(text: string): string {
  return (/^blocked: (.*)$/m.exec(text)?.[1] ?? "").replace(/^["']|["']$/g, "");
}
