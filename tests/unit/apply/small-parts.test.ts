import { describe, expect, it } from "vitest";
import { withSection } from "../../../src/apply/context.ts";
import { describePeople } from "../../../src/apply/describe-people.ts";
import { isMonth, monthOf, pathInLane } from "../../../src/apply/lane-path.ts";
import { formatMergeMessage } from "../../../src/apply/merge-message.ts";
import { portabilityProblem } from "../../../src/apply/portable-path.ts";
import { sessionPathOf } from "../../../src/apply/session-record.ts";
import { personaOf, sessionOf } from "../../helpers/board-builder.ts";

describe("where a task file goes", () => {
  it.each([
    ["board/planned/a.md", "doing", "board/doing/a.md"],
    ["board/planned/epic/a.md", "doing", "board/doing/epic/a.md"],
    ["board/done/2026-11/a.md", "blocked", "board/blocked/a.md"],
    ["board/done/2026-11/epic/a.md", "doing", "board/doing/epic/a.md"],
  ] as const)("%s to %s", (path, lane, expected) => {
    expect(pathInLane(path, lane)).toBe(expected);
  });

  it("knows months", () => {
    expect(monthOf(Date.UTC(2026, 10, 20))).toBe("2026-11");
    expect([isMonth("2026-11"), isMonth("epic"), isMonth(undefined)]).toEqual([true, false, false]);
  });
});

describe("names that not every system can have", () => {
  it.each(["src/a.ts", ".env", "a b (1).md", "naïve.txt", "日本/語.md"])("%s is fine", (path) => {
    expect(portabilityProblem(path)).toBeNull();
  });

  it.each(["a:b", "dir/CON.txt", "x.", "x ", "a\u202eb", "a\nb", `${"x".repeat(300)}`, "e\u0301.txt", "a\\b", "nul"])(
    "%j is not",
    (path) => {
      expect(portabilityProblem(path)).not.toBeNull();
    },
  );
});

describe("the session file of a step", () => {
  it.each([
    [personaOf("engineer"), "sessions/a/engineer.md"],
    [personaOf("cold", { output: "findings/cold.md" }), "sessions/a/findings/cold.md"],
    [personaOf("evil", { output: "../../b/x.md" }), "sessions/a/evil.md"],
    [personaOf("evil", { output: "checks.md" }), "sessions/a/evil.md"],
    [personaOf("evil", { output: "decisions.md" }), "sessions/a/evil.md"],
    [personaOf("evil", { output: "tasks/01-x.md" }), "sessions/a/evil.md"],
    [null, "sessions/a/work.md"],
  ])("never leaves its folder nor takes the daemon's own", (persona, expected) => {
    expect(sessionPathOf("a", "work", persona)).toBe(expected);
  });
});

describe("context.md", () => {
  it("gets a section once, in its place, and headings in quoted text make none", () => {
    const one = withSection("# Context of a\n", { heading: "Attempt 1", text: "first\n## not a heading" });
    const two = withSection(one, { heading: "Attempt 2", text: "second" });
    const again = withSection(two, { heading: "Attempt 1", text: "changed" });

    expect(two.match(/^## .*/gm)).toEqual(["## Attempt 1", "## Attempt 2"]);
    expect(again).toBe("# Context of a\n\n## Attempt 1\n\nchanged\n\n## Attempt 2\n\nsecond\n");
    expect(withSection(again, { heading: "Attempt 2", text: "second" })).toBe(again);
  });
});

describe("what people did, in words", () => {
  const change = (path: string, blobSha: string | null, headSha: string | null) => ({ path, blobSha, headSha });

  it("pairs what went with what came", () => {
    const words = describePeople(
      "nowhere",
      [
        change("board/planned/a.md", null, "1"),
        change("board/doing/a.md", "1", null),
        change("board/planned/new.md", "2", null),
        change("board/backlog/old.md", null, "3"),
        change("board/blocked/b.md", "4", "5"),
        change("board/planned/c.md", null, "6"),
      ],
      ["board/doing/c.md"],
    );
    expect(words.map(({ subject }) => subject)).toEqual([
      "Move a from planned to doing",
      "Add new to planned",
      "Remove old from backlog",
      "Edit b",
      "Move c from planned to doing",
    ]);
  });
});

describe("the message of a merge", () => {
  it("has the title, the sessions and the trailers", () => {
    const sessions = [sessionOf("a", { costUsd: 0.5 }), sessionOf("a", { step: "checks" })];
    expect(formatMergeMessage({ taskId: "a", branchSha: "c0ffee", title: "Do\nit", sessions })).toBe(
      "Merge a: Do it\n\nSessions:\n- sessions/a/checks.md\n- sessions/a/engineer.md\n\nTask: a\nMerged: c0ffee\nPersona: engineer\nCost-USD: 0.50\n",
    );
  });
});
