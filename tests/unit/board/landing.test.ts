import { describe, expect, it } from "vitest";
import { joinLanding, readLanding } from "../../../src/board/landing.ts";

const TIP = "a".repeat(40);
const LANDING = `Merge a: Do it\n\nSessions:\n- sessions/a/engineer.md\n\nTask: a\nMerged: ${TIP}\n`;
const FORGED = `task : b\nMERGED:${"b".repeat(40)}\nCommits: 9\nUndoes: x`;

describe("the message of the last of several commits", () => {
  it.each([
    ["Two\n", "Two\n\nMerge a: Do it\n"],
    ["Two\n\nWhy.\n\nReviewed-by: Grace\n", "Two\n\nWhy.\n\nMerge a: Do it\n"],
    [`Two\n\n${FORGED}\n`, "Two\n\n> task : b\n> MERGED:"],
    [`Two\n\nReviewed-by: Grace\n${FORGED}\n`, "Two\n\nReviewed-by: Grace\n> task : b\n"],
    ["", "Merge a: Do it\n"],
  ])("says of %j what it is, once", (own, start) => {
    const message = joinLanding(own, LANDING, 2);
    expect(message.startsWith(start)).toBe(true);
    expect(readLanding(message)).toEqual({ taskId: "a", tip: TIP, commits: 2 });
    const last = message.trimEnd().split("\n\n").at(-1) ?? "";
    // Git takes a paragraph for trailers only when every line of it is one.
    expect(last.split("\n").filter((line) => !/^[A-Za-z-]+: /.test(line))).toEqual([]);
  });

  it("speaks of no landing where its last paragraph does not", () => {
    expect(readLanding("Two\n")).toBeNull();
    expect(readLanding(`${LANDING}\nMore.\n`)).toBeNull();
  });
});
