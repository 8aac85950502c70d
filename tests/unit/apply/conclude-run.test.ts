import { describe, expect, it } from "vitest";
import { concludeRun } from "../../../src/apply/conclude-run.ts";

const FACTS = { caps: { wallMs: 60_000, outputBytes: 1, toolCalls: 3, costUsd: 1 }, losses: 1 };
const DONE = { state: "done", message: "all done" } as const;
const FAILED = { state: "failed", failure: "agent", reason: "exit 1", message: "", resetAt: null } as const;

const CHEAP = { ...FAILED, reason: "cheap" } as const;
const OVERLOADED = {
  state: "failed",
  failure: "overloaded",
  reason: "at its time limit it still waits after 529",
  message: "",
  resetAt: 7,
} as const;

const stopped = (reason: string) => ({ state: "exited", stop: { reason, requestedAt: 60_001 }, startedAt: 1 }) as const;

const capped = (cause: "wall" | "output") => ({ state: "exited", stop: null, exit: { cause } }) as const;

describe("what a run came to", () => {
  it.each([
    ["by itself", { state: "exited", stop: null } as const, DONE, { state: "done", failure: null, reason: null }],
    ["by itself, failing", { state: "exited", stop: null } as const, FAILED, { state: "failed", reason: "exit 1" }],
    ["by a person, whatever it said", stopped("person"), DONE, { state: "stopped", failure: "stopped" }],
    ["with the daemon", stopped("shutdown"), FAILED, { state: "stopped", reason: "stopped with the daemon" }],
    ["at its longest time", stopped("timeout"), FAILED, { state: "failed", failure: "agent", reason: /1 min/ }],
    [
      "at a time that was shortened",
      { ...stopped("timeout"), startedAt: 2 },
      FAILED,
      { failure: "agent", reason: "stopped after its longest time, which was shortened meanwhile" },
    ],
    ["at its longest time, with no daemon there", capped("wall"), FAILED, { failure: "agent", reason: /1 min/ }],
    ["at its output, with no daemon there", capped("output"), FAILED, { reason: /printed more than a run may/ }],
    ["at its tool calls", stopped("tool-calls"), DONE, { state: "failed", failure: "agent", reason: /3 tool calls/ }],
    ["at its budget", stopped("budget"), DONE, { state: "failed", failure: "budget", reason: /\$1\.25 of \$1\.00/ }],
    ["silently", stopped("stale"), FAILED, { state: "failed", failure: "agent" }],
    ["at its longest time, having answered", stopped("timeout"), DONE, { state: "done", failure: null, reason: null }],
    [
      "at its longest time, waiting for its provider",
      stopped("timeout"),
      OVERLOADED,
      { failure: "overloaded", reason: /1 min; at its time limit it still waits after 529/, resetAt: 7 },
    ],
    ["having answered, without ending", stopped("lingering"), DONE, { state: "done", failure: null, reason: null }],
    ["refused by its provider", { state: "exited", stop: null } as const, OVERLOADED, { resetAt: 7 }],
    [
      "for the day's budget",
      stopped("budget"),
      CHEAP,
      { failure: "budget", reason: /budget of the task or the day, or .*: \$0\.50$/ },
    ],
    ["lost", { state: "lost", stop: null } as const, FAILED, { state: "stopped", reason: /^lost 2: / }],
  ])("%s", (_, run, ofAgent, expected) => {
    const { reason, ...rest } = expected as { reason?: string | RegExp | null };
    const costUsd = ofAgent === CHEAP ? 0.5 : 1.25;
    const found = concludeRun(run, FACTS, { costUsd, leastUsd: costUsd, ofAgent, isSilent: false });
    expect(found).toMatchObject(rest);
    if (reason instanceof RegExp) expect(found.reason).toMatch(reason);
    else if (reason !== undefined) expect(found.reason).toBe(reason);
  });

  it.each(["timeout", "stale"])("%s of one that asks a model, in silence: its provider does not answer", (reason) => {
    const found = concludeRun(stopped(reason), FACTS, { costUsd: null, leastUsd: 0, ofAgent: FAILED, isSilent: true });
    expect(found).toMatchObject({ state: "failed", failure: "overloaded" });
    expect(found.reason).toMatch(/silent: its provider does not answer/);
  });
});
