import { describe, expect, it } from "vitest";
import { replay } from "./replay.ts";

// Recordings of the real programs against a scripted provider: what each case is for the board, whatever the program calls it.

const done = (message: string) => ({ state: "done", message });
const failure = (name: string, reason: RegExp, more: object = {}) => ({
  state: "failed",
  failure: name,
  reason: expect.stringMatching(reason),
  ...more,
});

const CASES: Readonly<Record<string, Readonly<Record<string, ReturnType<typeof done> | ReturnType<typeof failure>>>>> =
  {
    claude: {
      "ok-text": done("Final answer from the rig."),
      "ok-tools": done("Done.\n\nSecond paragraph."),
      "subagent-file": done("Got it from the subagent."),
      deny: done("Ended after trying."),
      "no-key": failure("setup", /^Not logged in/),
      forbidden403: failure("setup", /403/),
      model404: failure("setup", /selected model/),
      bad400: failure("agent", /^Prompt is too long/),
      credit400: failure("setup", /^Credit balance is too low$/),
      rate429: failure("overloaded", /429/),
      "rate429-long": failure("overloaded", /429/),
      overloaded: failure("overloaded", /529 Overloaded/),
      err500: failure("overloaded", /500/),
      refused: failure("overloaded", /Connection refused/),
      "empty-answer": failure("agent", /^ended without an answer$/),
      "term-tool": failure("agent", /^exit 143/, { message: "Long command." }),
    },
    codex: {
      "ok-tools": done("Done.\n\nSecond paragraph."),
      thinking: done("Thought and answered."),
      deny: done("Ended after trying."),
      auth401: failure("setup", /^unexpected status 401 Unauthorized: Incorrect API key provided: dummy\.$/),
      forbidden403: failure("setup", /403 Forbidden/),
      model404: failure("setup", /404 Not Found/),
      bad400: failure("agent", /ran out of room/),
      credit400: failure("setup", /^Your credit balance is too low/),
      rate429: failure("overloaded", /429 Too Many Requests/),
      "rate429-noheader": failure("overloaded", /429 Too Many Requests/),
      overloaded: failure("overloaded", /503 Service Unavailable/),
      err500: failure("overloaded", /high demand/),
      refused: failure("overloaded", /Connection failed/),
      "empty-answer": failure("agent", /^ended without an answer$/),
      "int-tool": failure("agent", /^exit 1/, { message: "Long command." }),
      "term-tool": failure("agent", /^ended by SIGTERM/),
    },
    gemini: {
      "ok-tools": done("Done.\n\nSecond paragraph."),
      thinking: done("Thought and answered."),
      deny: done("Ended after trying."),
      auth401: failure("setup", /^Incorrect API key/),
      "no-key": failure("setup", /^exit 41/),
      forbidden403: failure("setup", /does not have access/),
      model404: failure("setup", /no-such-model/),
      bad400: failure("agent", /maximum context length/),
      credit400: failure("setup", /credit balance/),
      rate429: failure("overloaded", /rate limit/),
      overloaded: failure("overloaded", /^Overloaded$/),
      err500: failure("overloaded", /Internal server error/),
      refused: failure("overloaded", /fetch failed/),
      "max-turns": failure("agent", /max session turns/, { message: "Again." }),
      "term-tool": failure("agent", /^ended by SIGKILL: Long command\.$/, { message: "Long command." }),
    },
    opencode: {
      "ok-tools": done("Done.\n\nSecond paragraph."),
      "subagent-file": done("Got it."),
      auth401: failure("setup", /^Incorrect API key/),
      forbidden403: failure("setup", /does not have access/),
      model404: failure("setup", /no-such-model/),
      bad400: failure("agent", /maximum context length/),
      credit400: failure("setup", /credit balance/),
      // The header `Retry-After: 1` counts from the line's own time.
      rate429: failure("overloaded", /rate limit/, { resetAt: 1_795_169_446_000 }),
      "rate429-noheader": failure("overloaded", /rate limit/, { resetAt: null }),
      overloaded: failure("overloaded", /^Overloaded$/),
      err500: failure("overloaded", /Internal server error/),
      refused: failure("overloaded", /Cannot connect/),
      "empty-answer": failure("agent", /^ended without an answer$/),
      "term-tool": failure("agent", /^ended by SIGTERM/),
    },
    // As the client tells what these agents said: tests/e2e/agents/acp-recordings.test.ts.
    acp: {
      "claude-agent-acp-tools": done("All done."),
      "claude-agent-acp-load": done("answer"),
      "codex-acp-tools": done("All done."),
      "codex-acp-load": done("answer"),
      "copilot-tools": done("All done."),
      "copilot-load": done("answer"),
      "gemini-tools": done("All done."),
      "gemini-load": done("answer"),
      "opencode-tools": done("All done."),
      "opencode-load": done("answer"),
      "qwen-tools": done("All done."),
      "qwen-load": done("answer"),
      "codex-acp-auth401": failure("setup", /^Authentication required$/),
      "copilot-auth401": failure("setup", /^Authentication failed with provider .*HTTP 401/),
      "gemini-auth401": failure("setup", /^invalid key$/),
      "opencode-auth401": failure("agent", /invalid key/),
      "qwen-auth401": failure("setup", /^401 invalid key$/),
    },
  };

describe.each(Object.entries(CASES))("%s", (id, cases) => {
  it.each(Object.entries(cases))("%s", (name, expected) => {
    const { conclusion } = replay(id, name);
    expect(conclusion).toMatchObject(expected);
  });

  it.each(Object.keys(cases))("%s: a stop by the daemon is a stop, however it ended", (name) => {
    expect(replay(id, name, { wasStopped: true }).conclusion).toMatchObject({ failure: "stopped" });
  });
});

describe("a program that the daemon had to end while it waited for its provider", () => {
  it.each([
    ["claude", "auth401", "setup", /waits after 401 authentication_failed/],
    ["codex", "refused", "overloaded", /waits after Connection failed/],
  ])("%s, %s: is what it waited for, not a slow agent", (id, name, failureClass, reason) => {
    const wall = replay(id, name, { cause: "wall", exitCode: null, signal: "SIGKILL" });
    expect(wall.conclusion).toMatchObject({ failure: failureClass, reason: expect.stringMatching(reason) });
    expect(wall.conclusion).toMatchObject({ reason: expect.stringMatching(/^at its time limit it still waits/) });
    expect(replay(id, name).conclusion).toMatchObject({ failure: failureClass });
  });

  it("codex, term-tool: one that was at work is a slow agent", () => {
    expect(replay("codex", "term-tool", { cause: "wall" }).conclusion).toMatchObject({
      failure: "agent",
      reason: "ran longer than its time limit",
    });
  });
});
