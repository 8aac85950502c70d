import { describe, expect, it } from "vitest";
import { parseResetTime, parseRetryAfter } from "../../../src/agents/reset-time.ts";

const AT = Date.parse("2026-11-20T12:00:00Z");

describe("parseResetTime", () => {
  it.each([
    ["Claude AI usage limit reached|1795220000", "2026-11-21T00:13:20Z"],
    ["limit reached, resets 2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z"],
    ["limit, try again after 2026-11-21T00:00:00.5+01:00", "2026-11-20T23:00:00.500Z"],
    ["try again in 20s", "2026-11-20T12:00:20Z"],
    ["Please retry in 34.07s.", "2026-11-20T12:00:34.070Z"],
    ["try again in 3 days 6 hours 57 minutes.", "2026-11-23T18:57:00Z"],
    ["Your quota will reset after 18h31m9s.", "2026-11-21T06:31:09Z"],
    ["wait 250ms", "2026-11-20T12:00:00.250Z"],
    ["retryDelayMs: 10800000,", "2026-11-20T15:00:00Z"],
    ["resets 3pm", "2026-11-20T15:00:00Z"],
    ["resets 3am", "2026-11-21T03:00:00Z"],
    ["resets 12am (UTC)", "2026-11-21T00:00:00Z"],
    ["resets at 10:30pm (Europe/Berlin)", "2026-11-20T21:30:00Z"],
    ["resets Nov 24 at 3pm (America/New_York)", "2026-11-24T20:00:00Z"],
    ["try again at 3:28 PM.", "2026-11-20T15:28:00Z"],
    ["try again at Dec 8th, 2026 12:30 PM.", "2026-12-08T12:30:00Z"],
    ["resets Jan 2, 1:00 am (UTC)", null],
    ["try again at 15:30", "2026-11-20T15:30:00Z"],
    // What cannot be meant is no time.
    ["resets 3pm (Nowhere/Land)", null],
    ["resets 27:30", null],
    ["try again at Foo 8, 2026 12:30 PM", null],
    ["try again in 400 days", null],
    ["usage limit reached|9999999999", null],
    ["try again later", null],
    ["try again 3 times", null],
    ["resets", null],
    ["", null],
  ])("%s", (text, expected) => {
    expect(parseResetTime(text, AT)).toBe(expected === null ? null : Date.parse(expected));
  });

  it("crosses the end of a year, and a change of the clocks", () => {
    const late = Date.parse("2026-12-30T12:00:00Z");
    expect(parseResetTime("resets Jan 2 at 1am (UTC)", late)).toBe(Date.parse("2027-01-02T01:00:00Z"));
    // New York goes back an hour on 1 November 2026, at two in the morning.
    const before = Date.parse("2026-10-31T12:00:00Z");
    expect(parseResetTime("resets Nov 1 at 9am (America/New_York)", before)).toBe(Date.parse("2026-11-01T14:00:00Z"));
  });

  it("knows no relative time without an instant to count from", () => {
    expect(parseResetTime("try again in 20s", null)).toBeNull();
    expect(parseResetTime("resets 3pm (UTC)", null)).toBeNull();
    expect(parseResetTime("limit|1795220000", null)).toBe(1_795_220_000_000);
  });

  it("takes no time for a long text", () => {
    expect(parseResetTime(`try again in ${"1 ".repeat(200_000)}`, AT)).toBeNull();
  });
});

describe("parseRetryAfter", () => {
  it.each([
    ["1", AT + 1000],
    ["3600", AT + 3_600_000],
    ["Fri, 20 Nov 2026 12:00:30 GMT", AT + 30_000],
    ["soon", null],
    ["", null],
    ["-5", null],
  ])("%s", (value, expected) => {
    expect(parseRetryAfter(value, AT)).toBe(expected);
  });
});
