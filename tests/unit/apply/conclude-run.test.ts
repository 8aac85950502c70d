import { describe, expect, it } from "vitest";
import { concludeRun } from "../../../src/apply/conclude-run.ts";

const FACTS = { caps: { wallMs: 60_000, outputBytes: 1, toolCalls: 3, costUsd: 1 }, losses: 1 };
const DONE = { state: "done", message: "all done" } as const;
const FAILED = { state: "failed", failure: "agent", reason: "exit 1", message: "", resetAt: null } as const;

const stopped = (reason: string) => ({ state: "exited", stop: { reason, requestedAt: 1 } }) as const;

const capped = (cause: "wall" | "output") => ({ state: "exited", stop: null, exit: { cause } }) as const;

describe("what a run came to", () => {
  it.each([
    ["by itself", { state: "exited", stop: null } as const, DONE, { state: "done", failure: null, reason: null }],
    ["by itself, failing", { state: "exited", stop: null } as const, FAILED, { state: "failed", reason: "exit 1" }],
    ["by a person, whatever it said", stopped("person"), DONE, { state: "stopped", failure: "stopped" }],
    ["with the daemon", stopped("shutdown"), FAILED, { state: "stopped", reason: "stopped with the daemon" }],
    ["at its longest time", stopped("timeout"), DONE, { state: "failed", failure: "agent", reason: /1 min/ }],
    ["at its longest time, with no daemon there", capped("wall"), FAILED, { failure: "agent", reason: /1 min/ }],
    ["at its output, with no daemon there", capped("output"), FAILED, { reason: /printed more than a run may/ }],
    ["at its tool calls", stopped("tool-calls"), DONE, { state: "failed", failure: "agent", reason: /3 tool calls/ }],
    ["at its budget", stopped("budget"), DONE, { state: "failed", failure: "budget", reason: /\$1\.25 of \$1\.00/ }],
    ["silently", stopped("stale"), DONE, { state: "failed", failure: "agent" }],
    ["lost", { state: "lost", stop: null } as const, FAILED, { state: "stopped", reason: /^lost 2: / }],
  ])("%s", (_, run, ofAgent, expected) => {
    const { reason, ...rest } = expected as { reason?: string | RegExp | null };
    const found = concludeRun(run, FACTS, { costUsd: 1.25, ofAgent });
    expect(found).toMatchObject(rest);
    if (reason instanceof RegExp) expect(found.reason).toMatch(reason);
    else if (reason !== undefined) expect(found.reason).toBe(reason);
  });
});
