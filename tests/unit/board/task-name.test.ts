import { describe, expect, it } from "vitest";
import { branchOf, cycleBranchOf, cycleOfBranch, taskIdOfBranch } from "../../../src/board/branch.ts";
import { isTaskFile, slugOf, taskIdOf } from "../../../src/board/task-file.ts";
import { fc } from "../../helpers/fast-check.ts";

const hostile = fc.string({
  unit: fc.constantFrom(..."ab.@{}~^:?*[]\\/%-lock 2EA\u0000\u007f\u0085é"),
  minLength: 1,
  maxLength: 12,
});
const id = fc.oneof(
  hostile,
  fc.string({ unit: "grapheme", minLength: 1 }).filter((it) => !/\p{Cs}/u.test(it)),
);

describe("taskIdOf", () => {
  it.each([
    "fix-login",
    "Fix login (again)",
    "a [b], #1 @ann",
    "BACK-528 – naïve—dash",
    "日本語",
    "v1.2",
    "console",
    "a.lock",
    "x".repeat(200),
  ])("%s is fine", (id) => {
    expect(taskIdOf(`board/planned/${id}.md`)).toEqual({ id, findings: [] });
  });

  it.each([
    ["-rf", /option/],
    ["CON", /Windows/],
    ["com1.notes", /Windows/],
    ["LPT²", /Windows/],
    ["a\nb", /line break/],
    ["a\u0007", /control/],
    ["a\u202egnp", /direction/],
    ["a\u200bb", /invisible/],
    ["a.", /dot or a space/],
    ["a ", /dot or a space/],
    [" a", /begins with a space/],
    ["a:b", /one of/],
    ["a?b", /one of/],
    ["a\\b", /one of/],
    ["a|b", /one of/],
    ["a\uFFFDb", /Unicode/],
    ["x".repeat(201), /201 bytes/],
    ["ä".repeat(101), /202 bytes/],
    ["x".repeat(300), /300 bytes/],
    ["~".repeat(80), /branch/],
    ["..", /dot/],
  ])("%j is not", (id, message) => {
    const { findings } = taskIdOf(`${id}.md`);

    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ code: "NAME_NOT_PORTABLE", severity: "error" });
    expect(findings[0]?.message).toMatch(message);
    expect(findings[0]?.message).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});

describe("isTaskFile", () => {
  it.each(["a.md", "A b.md", "-rf.md", "x.sync-conflict.md"])("%s is", (name) => expect(isTaskFile(name)).toBe(true));

  it.each([
    "README.md",
    "readme.md",
    ".a.md",
    ".#a.md",
    "#a.md#",
    "a.md~",
    "a.md.swp",
    "4913",
    "a.tmp",
    "a.txt",
    ".gitkeep",
    "a.markdown",
    "~$a.md",
    ".kanband-1.tmp",
  ])("%s is not", (name) => expect(isTaskFile(name)).toBe(false));
});

describe("slugOf", () => {
  it.each([
    ["Add /users endpoint", "add-users-endpoint"],
    ["  Don't panic!  ", "dont-panic"],
    ["Größer & schöner", "großer-schoner"],
    ["日本語 テスト", "日本語-テスト"],
    ["con", "task-con"],
    ["README", "task-readme"],
    ["???", "task"],
    ["a".repeat(80), "a".repeat(60)],
    [`${"word ".repeat(30)}`, "word-word-word-word-word-word-word-word-word-word-word-word"],
  ])("%j is %s", (title, slug) => expect(slugOf(title)).toBe(slug));

  it("is always a portable name", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (title) => {
        expect(taskIdOf(slugOf(title)).findings).toEqual([]);
        expect(isTaskFile(`${slugOf(title)}.md`)).toBe(true);
        expect(slugOf(slugOf(title))).toBe(slugOf(title));
      }),
    );
  });
});

describe("branchOf", () => {
  it.each([
    ["fix-login", "kanband/fix-login"],
    ["naïve — #1", "kanband/naïve%20—%20#1"],
    ["a..b", "kanband/a.%2Eb"],
    [".a.lock", "kanband/%2Ea%2Elock"],
    ["50%", "kanband/50%25"],
    ["a@{b}", "kanband/a%40{b}"],
    ["a/b", "kanband/a%2Fb"],
  ])("%s is %s", (name, branch) => {
    expect(branchOf(name)).toBe(branch);
    expect(taskIdOfBranch(`refs/heads/${branch}`)).toBe(name);
  });

  it("is a name git accepts, for every id", () => {
    fc.assert(
      fc.property(id, (it) => {
        // The rules of git-check-ref-format(1).
        const branch = branchOf(it);
        expect(branch).not.toMatch(/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.$|\.lock$|\/$/u);
        expect(branch.split("/")).toHaveLength(2);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives each id its own, and back", () => {
    fc.assert(
      fc.property(id, (it) => {
        expect(taskIdOfBranch(branchOf(it))).toBe(it);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    "main",
    "kanband/",
    "kanband/a b",
    "kanband/%41",
    "kanband/%2e",
    "kanband/a/b",
    "other/kanband/a",
    "kanband/a%",
  ])("%s is no task's", (branch) => expect(taskIdOfBranch(branch)).toBeNull());
});

describe("the branch of a cycle", () => {
  it("is below that of all cycles of its task, a name git accepts, and nobody else's", () => {
    fc.assert(
      fc.property(id, fc.nat(999_999_999), (it, cycle) => {
        const branch = cycleBranchOf(it, cycle);
        expect(branch).not.toMatch(/[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|\/\.|\.$|\.lock(?:\/|$)/u);
        expect(cycleOfBranch(`refs/heads/${branch}`)).toEqual({ taskId: it, cycle });
        expect(taskIdOfBranch(branch)).toBeNull();
        expect(cycleOfBranch(branchOf(it))).toBeNull();
      }),
      { numRuns: 1000 },
    );
    expect(cycleBranchOf("a..b", 3)).toBe("kanband-cycle/a.%2Eb/3");
  });

  it.each(["kanband-cycle/a", "kanband-cycle/a/", "kanband-cycle/a/03", "kanband-cycle/a/b/3", "kanband-cycle/a b/3"])(
    "%s is no cycle's",
    (branch) => expect(cycleOfBranch(branch)).toBeNull(),
  );
});
