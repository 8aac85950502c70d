import { describe, expect, it } from "vitest";
import { changerOf, sharedLine } from "../../../src/decide/changer.ts";
import {
  boardOf,
  claimed,
  HOUR,
  NOW,
  runOf,
  sessionOf,
  slotsOf,
  type WorldWords,
} from "../../helpers/board-builder.ts";
import { editOf, whyOf } from "./brief.ts";

describe("a task that does not say what it touches", () => {
  it("waits for one that runs and changed the same file before, by name", () => {
    const settings = { slots: slotsOf("A", "B", "C") };
    const before = (id: string, touched: string[]) => sessionOf(id, { state: "done", touched });
    const sessions = [
      before("x", ["src/app.ts", "src/x.ts"]),
      before("a", ["lib/a.ts", "src/app.ts"]),
      before("b", ["b.ts"]),
    ];

    const snapshot = boardOf({ doing: [claimed("x", "A")], planned: ["a", "b"] }, { sessions, settings });

    expect(whyOf(snapshot, "a")).toBe("changed src/app.ts before, as did x, which is in progress");
    expect(editOf(snapshot, "b")?.toLane).toBe("doing");
  });

  it("waits the same for one that says so, and is waited for", () => {
    const sessions = [sessionOf("a", { state: "done", touched: ["src/app.ts"] })];
    const doing = [{ ...claimed("x", "A"), touches: ["src/**"] }];
    expect(whyOf(boardOf({ doing, planned: ["a"] }, { sessions }), "a")).toBe(
      "changed src/app.ts before, which x, which is in progress, touches",
    );
    const planned = [{ id: "b", touches: ["src/**"] }];
    expect(whyOf(boardOf({ doing: [claimed("a", "A")], planned }, { sessions }), "b")).toBe(
      "touches src/**, and a, which is in progress, changed src/app.ts before",
    );
  });

  it("is judged by what it says as soon as it says it", () => {
    const sessions = ["a", "x"].map((id) => sessionOf(id, { state: "done", touched: ["src/app.ts"] }));
    const planned = [{ id: "a", touches: ["docs/**"] }];
    const snapshot = boardOf({ doing: [claimed("x", "A")], planned }, { sessions });
    expect(editOf(snapshot, "a")?.toLane).toBe("doing");
  });
});

describe("a task that was accepted", () => {
  const sessions = ["a", "x"].map((id) => sessionOf(id, { state: "done", touched: ["src/app.ts"] }));
  const branches = { x: { isMerged: false } };
  const done = [{ id: "x", branch: "kanband/x", view: { enteredAt: NOW - HOUR } }];
  const line = "changed src/app.ts before, as did x, which is in progress";

  it.each<[string, WorldWords]>([
    ["from the moment its merge is decided upon", {}],
    ["while its merge is prepared", { jobs: [{ kind: "merge", taskId: "x" }] }],
    ["while its merged tree is verified", { runs: [runOf("x", { kind: "merge" })] }],
  ])("is waited for by one that changes the same file, %s", (_, words) => {
    const snapshot = boardOf({ done, planned: ["a"] }, { sessions, branches, ...words });
    expect(whyOf(snapshot, "a")).toBe(line);
  });

  it("keeps nobody who starts from a base that has it, nor where merging is left to people", () => {
    const merged = boardOf({ done, planned: ["a"] }, { sessions, branches: { x: { isMerged: true } } });
    expect(editOf(merged, "a")?.toLane).toBe("doing");
    const manual = boardOf({ done, planned: ["a"] }, { sessions, branches, settings: { merge: "manual" } });
    expect(editOf(manual, "a")?.toLane).toBe("doing");
  });
});

describe("files that two tasks share", () => {
  it.each<[string[], string[], string | null]>([
    [["src/a.ts"], ["src/b.ts"], null],
    [["src/A.ts"], ["src/a.ts"], "src/A.ts"],
    [["src/a.ts"], ["src/"], "src/a.ts"],
    [["src/"], ["src/deep/a.ts"], "src/"],
    [["src/"], ["src/"], "src/"],
    [["src"], ["src/a.ts"], null],
    [["src/"], ["srcs/a.ts"], null],
    [["x.ts", "a/b/c.ts"], ["a/b/"], "a/b/c.ts"],
  ])("%j and %j: %s", (mine, others, file) => {
    const line = sharedLine({ id: "a", globs: [], files: mine }, { id: "b", globs: [], files: others });
    expect(line).toBe(file === null ? null : `changed ${file} before, as did b, which is in progress`);
  });

  it("are literal, whatever their names mean in a glob", () => {
    const one = changerOf({ id: "a", touches: [] }, [sessionOf("a", { touched: ["app/[id]/page.tsx"] })]);
    const holder = (glob: string) => ({ id: "b", globs: [glob], files: [] });
    expect(sharedLine(one, holder("app/*/page.tsx"))).toContain("app/[id]/page.tsx");
    expect(sharedLine(one, holder("app/i/**"))).toBeNull();
  });
});
