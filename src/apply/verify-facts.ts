import { randomBytes } from "node:crypto";
import type { Task } from "../board/task.ts";
import type { RunFacts } from "./run-facts.ts";
import { OUTPUT_LIMIT_BYTES } from "./run-id.ts";
import { verifyTimeout } from "./verify-timeout.ts";
import type { World } from "./world.ts";

/** What every run of `verify` has in common, whatever it is about: no agent does it, and a nonce marks what its shell says. */
export function verifyFacts(world: World, tasks: readonly Pick<Task, "timeoutMs">[]) {
  return {
    persona: null,
    personaSha: null,
    agent: null,
    model: null,
    adapter: null,
    startedAt: world.clock(),
    caps: {
      wallMs: verifyTimeout(world.settings(), tasks),
      outputBytes: OUTPUT_LIMIT_BYTES,
      toolCalls: null,
      costUsd: null,
    },
    losses: 0,
    cause: null,
    fingerprint: null,
    nonce: randomBytes(16).toString("hex"),
  } satisfies Partial<RunFacts>;
}
