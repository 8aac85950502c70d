import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lane } from "../../../src/board/lane.ts";
import type { Scenario } from "../crash/scenario.ts";
import { PLAYER } from "./played.ts";

/** Where the daemon is killed each time it comes there. `isBefore`: the next one comes there again. */
export type Place = { name: string; isBefore: boolean };

/** A session file has its end, and nothing has followed from it yet. */
export const AFTER_STEP: Place = { name: "apply.collect.after-session", isBefore: false };
/** The claim is committed, and nothing else is there. */
export const BEFORE_LAUNCH: Place = { name: "apply.launch.before-session", isBefore: true };

/** Everywhere between two steps that one of them could be forgotten or done twice. */
export const PLACES: readonly Place[] = [
  AFTER_STEP,
  BEFORE_LAUNCH,
  { name: "apply.launch.after-session", isBefore: true },
  { name: "apply.launch.after-start", isBefore: false },
  { name: "apply.collect.before-session", isBefore: true },
  { name: "apply.collect.after-outcome", isBefore: true },
  { name: "apply.check.after-session", isBefore: true },
  { name: "apply.prompts.after-write", isBefore: true },
  { name: "files.create.after-link", isBefore: false },
];

/** A board with these tasks, by id and workflow, on which nobody has to say yes. What they propose is planned, and built. */
function scenario(tasks: Readonly<Record<string, string>>, proposed: readonly string[] = []): Scenario {
  const ends: Record<string, Lane> = {};
  for (const id of Object.keys(tasks)) ends[id] = "for_review";
  for (const id of proposed) {
    ends[`write-the-store-of-${id}`] = "for_review";
    // It waits until the other one is accepted.
    ends[`read-from-the-store-of-${id}`] = "planned";
    ends["an-old-wish"] = "for_review";
  }
  return {
    settings: `slots: 4\nsandbox: none\ntrust: auto\nagent: player\nagents: { player: { command: [${PLAYER}] } }\nretry: { limit: 0 }`,
    tasks: Object.fromEntries(
      Object.entries(tasks).map(([id, workflow]) => [id, `---\nworkflow: ${workflow}\n---\n# The ${id} task\n`]),
    ),
    ends,
    acts: () => [],
  };
}

/** Each shipped workflow that is a graph, by its name. The autopilot has no steps, and a campaign of its own. */
export const SHIPPED: Readonly<Record<string, Scenario>> = {
  solo: scenario({ alone: "solo" }),
  handoff: scenario({ handoff: "handoff" }, ["handoff"]),
  "deep-dive": scenario({ dive: "deep-dive" }),
  sprint: scenario({ sprint: "sprint" }),
  "skill-chain": scenario({ chain: "skill-chain" }),
  plan: scenario({ plan: "plan" }, ["plan"]),
  "plan-in-depth": scenario({ depth: "plan-in-depth" }, ["depth"]),
  factory: scenario({ made: "factory" }),
};

/** A step that asks a person, and one that is asked again for its verdict; the person answers. */
export const QUESTIONS: Scenario = {
  ...scenario({ asks: "handoff", mumbles: "handoff" }, ["asks"]),
  acts: () => [{ name: "answer", tryIt: answered() }],
};

function answered(): (root: string) => boolean {
  let isDone = false;
  return (root) => {
    const [from, to] = ["blocked", "doing"].map((lane) => join(root, `board/${lane}/asks.md`));
    if (isDone || from === undefined || to === undefined || !existsSync(from)) return isDone;
    writeFileSync(from, readFileSync(from, "utf8").replace(/^---\n/, "---\nanswer: The queue\n"));
    renameSync(from, to);
    isDone = true;
    return true;
  };
}

/** One of them, for a test that is to be short: a rework among its steps. */
export const SMALL: Scenario = scenario({ chain: "skill-chain" }, []);
