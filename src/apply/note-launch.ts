import { join } from "node:path";
import type { Snapshot } from "../decide/snapshot.ts";
import { readRegularFile } from "./board-file.ts";
import { describeLaunch, noteInContext } from "./context.ts";
import { noteAnswer } from "./decisions.ts";
import type { RunFacts } from "./run-facts.ts";
import type { World } from "./world.ts";

/** Tells in `context.md` of a launch that a daemon did not live to tell of. */
export function noteMissingLaunch(world: World, facts: RunFacts, snapshot: Snapshot): void {
  const task = snapshot.tasks.find(({ id }) => id === facts.taskId)?.task ?? null;
  if (task === null) return;
  const persona = facts.persona === null ? null : (snapshot.personas.get(facts.persona) ?? null);
  const section = describeLaunch({ task, persona, facts, trust: world.settings().trust });
  const known = readRegularFile(join(world.boardRoot, "sessions", facts.taskId, "context.md"))?.toString("utf8") ?? "";
  if (facts.cause === "answer") noteAnswer(world, facts);
  if (!known.includes(`\n## ${section.heading}\n`)) noteInContext(world, facts.taskId, section);
}
