import { describe, expect, it } from "vitest";
import { gemini } from "../../../src/agents/gemini/index.ts";
import { play, readTranscript, replay } from "./replay.ts";

const INIT = '{"type":"init","session_id":"s","model":"gemini-2.5-pro"}';
const vague = '{"type":"result","status":"error","error":{"type":"unknown","message":"[API Error: it went wrong]"}}';

describe("gemini", () => {
  it("exit 0 on an empty answer is no success", () => {
    expect(readTranscript("gemini", "empty-answer").end.exit).toBe(0);
    expect(replay("gemini", "empty-answer").conclusion).toMatchObject({
      state: "failed",
      failure: "agent",
      reason: expect.stringMatching(/^The model returned an empty response/),
    });
  });

  it("exit 0 on SIGTERM, without a result, is no success", () => {
    const [init = "", ...rest] = readTranscript("gemini", "ok-tools").lines;
    const lines = [init, ...rest.filter((line) => !line.includes('"type":"result"'))];
    expect(play("gemini", { lines, end: { exit: 0, signal: null, stderr: "" } }).conclusion).toMatchObject({
      failure: "agent",
      reason: "ended without a result",
    });
  });

  it.each([
    [400, 144, "agent"],
    [401, 145, "setup"],
    [403, 147, "setup"],
    [404, 148, "setup"],
    [408, 152, "overloaded"],
    [429, 173, "overloaded"],
    [500, 244, "overloaded"],
    [503, 247, "overloaded"],
    [504, 248, "overloaded"],
    [529, 17, "overloaded"],
  ])("exit code is the HTTP status mod 256: %i is %i, %s", (status, exit, failure) => {
    expect(status % 256).toBe(exit);
    const run = { lines: [INIT, vague], end: { exit, signal: null, stderr: "" } };
    expect(play("gemini", run).conclusion).toMatchObject({ failure, reason: "it went wrong" });
  });

  it.each([
    [41, "setup"],
    [42, "agent"],
    [52, "setup"],
    [53, "agent"],
    [55, "setup"],
    [1, "setup"],
  ])("ends with %i before it began: %s", (exit, failure) => {
    const end = { exit, signal: null, stderr: "YOLO mode is enabled.\nsome words\n" };
    expect(play("gemini", { lines: [], end }).conclusion).toMatchObject({ failure });
  });

  it("takes the answer from the pieces behind the last tool", () => {
    const { summary } = replay("gemini", "ok-tools");
    expect(summary).toMatchObject({ answer: "Done.\n\nSecond paragraph.", interim: "Then I look.", toolCalls: 3 });
  });

  it("counts what was thought as output, for each model", () => {
    const { summary } = replay("gemini", "thinking");
    expect(summary).toMatchObject({ costUsd: null, tokens: { input: 800, output: 57, cached: 200 } });
    expect([...summary.unpriced]).toEqual([["gemini-2.5-pro", { input: 800, output: 57, cached: 200, written: 0 }]]);
  });

  it("knows a retry from standard error, where alone it is told", () => {
    const line = 'Attempt 1 failed with status 429. Retrying with backoff... _ApiError: {"error":{"code":429}}';
    expect(gemini.parseLine(line, "stderr")).toMatchObject([
      { kind: "error", class: "overloaded", message: "waits after 429", isRetried: true },
    ]);
    expect(replay("gemini", "refused").events).toContainEqual(
      expect.objectContaining({ kind: "error", class: "overloaded", isRetried: true }),
    );
  });

  it("a limit has its reset time from the words", () => {
    const message =
      "[API Error: You exceeded your current quota, please check your plan and billing details. Please retry in 34.5s.]";
    const line = JSON.stringify({ type: "result", status: "error", error: { type: "unknown", message } });
    const run = { lines: [INIT, line], end: { exit: 173, signal: null, stderr: "" } };
    expect(play("gemini", run).conclusion).toMatchObject({
      failure: "overloaded",
      resetAt: Date.parse("2026-11-20T12:00:34.500Z"),
    });
  });

  it("or from standard error", () => {
    const message = "You have exhausted your daily quota on this model.";
    const line = JSON.stringify({ type: "result", status: "error", error: { type: "unknown", message } });
    const stderr =
      "TerminalQuotaError: You have exhausted your daily quota on this model.\n  retryDelayMs: 10800000,\n";
    const run = { lines: [INIT, line], end: { exit: 173, signal: null, stderr } };
    expect(play("gemini", run).conclusion).toMatchObject({
      failure: "overloaded",
      resetAt: Date.parse("2026-11-20T15:00:00Z"),
    });
  });

  it("shows nothing of what it prints on every run", () => {
    const shown = replay("gemini", "auth401").events.flatMap((it) => (it.kind === "text" ? [it.text] : []));
    expect(shown).toEqual([expect.stringMatching(/^Error when talking to Gemini API/)]);
  });
});
