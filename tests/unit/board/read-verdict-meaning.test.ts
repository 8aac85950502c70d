import { describe, expect, it } from "vitest";
import { readVerdict } from "../../../src/board/read-verdict.ts";
import type { VerdictKind } from "../../../src/board/verdict-kind.ts";
import { block, detailsOf, problemOf, step, wordOf } from "./verdict-messages.ts";

describe("the meaning of a verdict", () => {
  it.each<[VerdictKind, string, RegExp]>([
    ["reviewer", "I like it.", /expected `verdict:` clean \| must-fix; the message has none/],
    ["reviewer", block("verdict: lgtm"), /the message says "lgtm"/],
    ["reviewer", block("verdict: clean-ish"), /the message says "clean-ish"/],
    ["reviewer", block("verdict: [clean]"), /the message says a list/],
    ["reviewer", block("verdict:"), /says nothing/],
    ["reviewer", block("result: clean"), /its verdict block holds no `verdict:`/],
    ["reviewer", block("result:\n  verdict: clean"), /its verdict block/],
    ["reviewer", block("verdict: clean\nVerdict: must-fix"), /say each key once/],
    ["reviewer", block("verdict: clean\nverdict: must-fix"), /not readable YAML: duplicated/],
    ["reviewer", block("verdict: factory"), /the message says "factory"/],
    ["reviewer", block("verdict: must-fix"), /expected `findings:` with at least one/],
    ["reconciler", "verdict: must-fix", /expected `findings:` with at least one/],
    [
      "reviewer",
      block("verdict: must-fix\nfindings:\n - {title: a, severity: note}"),
      /at least one of severity must-fix/,
    ],
    [
      "reviewer",
      block("verdict: clean\nfindings:\n - {title: a, severity: must-fix}"),
      /lists a finding of severity must-fix/,
    ],
    [
      "reviewer",
      block("verdict: clean\nfindings:\n - {title: a, severity: fatal}"),
      /severity of "a" is "fatal"; expected must-fix, should-fix, note/,
    ],
    ["reviewer", block("verdict: clean\nfindings:\n - {why: a}"), /finding 1 is a map; expected a `title`/],
    ["reviewer", block("verdict: clean\nfindings: many"), /`findings` is "many"; expected a list/],
    [
      "reviewer",
      block("verdict: clean\nfindings:\n - {title: a, file: ../../etc/passwd}"),
      /expected a path inside the repository/,
    ],
    ["reviewer", block(`verdict: must-fix\nfindings:\n${" - a\n".repeat(51)}`), /at most 50 findings; there are 51/],
    ["reviewer", block("verdict: clean\ncommit: the tip"), /`commit` is "the tip"; expected the 7 to 64 digits/],
    ["reviewer", block("verdict: clean\ncommit: abc12"), /`commit` is "abc12"/],
    ["router", block("verdict: direct-tool"), /expected `target:`, the name of a tool/],
    ["router", "verdict: single-persona", /expected `target:`, the name of a persona/],
    ["router", block("verdict: direct-workflow\ntarget: ../secret.md"), /the path of a document inside the repository/],
    ["router", block("verdict: direct-tool\ntarget: a\nargs: [[b]]"), /`args` is to be a list of texts/],
    [
      "router",
      block('verdict: direct-tool\ntarget: a\nargs: ["b\\nc"]'),
      /`args` is "b c"; expected at most 1000 visible/,
    ],
    ["router", block('verdict: direct-tool\ntarget: "a\\u202eb"'), /`target` is "a\\u\{202e\}b"; expected/],
    ["router", block(`verdict: direct-tool\ntarget: a\nargs: [${"x,".repeat(31)}]`), /`args` has 31 items; at most 30/],
    ["dispatcher", "verdict: planned", /expected `steps:`, a list of/],
    ["dispatcher", block("verdict: planned\nsteps: []"), /expected `steps:`/],
    ["dispatcher", block(`verdict: planned\nsteps:\n${step("a").repeat(31)}`), /at most 30 steps; there are 31/],
    ["dispatcher", block(`verdict: planned\nsteps:\n${step("a")}${step("a")}`), /two steps have the id a/],
    [
      "dispatcher",
      block(`verdict: planned\nsteps:\n${step("../a")}`),
      /the id of step 1 is "\.\.\/a"; expected letters/,
    ],
    ["dispatcher", block(`verdict: planned\nsteps:\n${step("A")}`), /the id of step 1 is "A"/],
    ["dispatcher", block(`verdict: planned\nsteps:\n${step("a", "needs: [b]")}`), /step a needs "b", which is no step/],
    ["dispatcher", block(`verdict: planned\nsteps:\n${step("a", "needs: [a]")}`), /the steps a wait for each other/],
    [
      "dispatcher",
      block(`verdict: planned\nsteps:\n${step("a", "needs: [b]")}${step("b", "needs: [a]")}${step("c")}`),
      /the steps a, b wait/,
    ],
    [
      "dispatcher",
      block(`verdict: planned\nsteps:\n${step("a", "needs: [b]")}${step("b", "parallel: false")}`),
      /the steps a, b wait/,
    ],
    ["dispatcher", block("verdict: planned\nsteps:\n - {id: a, task: t}"), /step a names no `persona`/],
    ["dispatcher", block("verdict: planned\nsteps:\n - {id: a, persona: p}"), /step a has no `task`/],
    [
      "dispatcher",
      block(`verdict: planned\nsteps:\n${step("a", "touches: [/etc/*]")}`),
      /`touches of a` holds "\/etc\/\*"; expected paths inside/,
    ],
    [
      "dispatcher",
      block(`verdict: planned\nsteps:\n${step("a", "parallel: maybe")}`),
      /`parallel of a` is "maybe"; expected true or false/,
    ],
    [
      "dispatcher",
      block(`verdict: planned\nsteps:\n - {id: a, persona: p, task: ${"x".repeat(8_001)}}`),
      /more than 8000 characters/,
    ],
    [
      "dispatcher",
      block(
        `verdict: planned\nsteps:\n${[..."abcdefgh"].map((id) => ` - {id: ${id}, persona: p, task: ${"x".repeat(7_900)}}\n`).join("")}`,
      ),
      /at most 49152 are kept/,
    ],
    ["triage", block(`verdict: change\npadding: ${"x".repeat(70_000)}`), /at most 65536 are read/],
    ["triage", `verdict: change\n${"x".repeat(1024 * 1024)}`, /more than a million characters/],
  ])("a %s that is not complete is asked again (%#)", (kind, message, expected) => {
    const problem = problemOf(readVerdict(kind, message));
    expect(problem).toMatch(expected);
    expect(problem).not.toContain("\n");
    expect(problem.length).toBeLessThanOrEqual(400);
  });

  it("a router names what it sends to, and the arguments as they are", () => {
    const text = 'verdict: direct-tool\ntarget: disk-usage\nargs: ["--all", " a b", "", "null", 007, "$(rm -rf ~)"]';
    expect(detailsOf(readVerdict("router", block(text)))).toMatchObject({
      target: "disk-usage",
      args: ["--all", " a b", "", "null", "007", "$(rm -rf ~)"],
    });
    expect(detailsOf(readVerdict("router", block("verdict: single-persona\npersona: sre")))?.target).toBe("sre");
    expect(detailsOf(readVerdict("router", block("verdict: factory\ntarget: x")))?.target).toBeNull();
  });

  it("a reviewer names places as agents write them", () => {
    const text = [
      "verdict: must-fix",
      "commit: 12E4567",
      "findings:",
      "  - {title: a, file: ./src/a.ts:12:3}",
      "  - {title: b, file: /x/.kanband/worktrees/w1/src/b.ts, line: 12-20, severity: Should fix}",
      "  - {title: c, file: null, line: about 7, sources: findings/cold.md}",
      "  - Just words",
    ].join("\n");
    const details = detailsOf(readVerdict("reconciler", block(text)));
    expect(details?.commit).toBe("12e4567");
    expect(details?.findings).toMatchObject([
      { title: "a", file: "src/a.ts", line: 12, severity: "must-fix" },
      { title: "b", file: "src/b.ts", line: 12, severity: "should-fix" },
      { title: "c", file: null, line: 7, sources: ["findings/cold.md"] },
      { title: "Just words", file: null, line: null },
    ]);
  });

  it("what it says is made visible and bounded", () => {
    const text = `verdict: must-fix\nfindings:\n  - title: "a\\u202eb\\u0007\\nc ${"x".repeat(500)}"\n    why: "${"y".repeat(5_000)}"\n    fix: "\\U000e0041"`;
    const [finding] = detailsOf(readVerdict("reviewer", block(text)))?.findings ?? [];
    expect(finding?.title).toMatch(/^a\\u\{202e\}b\\x07 c x+…$/);
    expect(finding?.title).toHaveLength(200);
    expect(finding?.why).toHaveLength(2_000);
    expect(finding?.fix).toBe("\\u{e0041}");
  });

  it("a round of the cycle that must be mended need not list what", () => {
    expect(wordOf(readVerdict("cycle", "verdict: must-fix"))).toBe("must-fix");
    expect(wordOf(readVerdict("cycle", block("verdict: no change")))).toBe("no-change");
  });

  it("aliases that expand without end are refused", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x, x]",
      ...[..."bcdefgh"].map((it, at) => `${it}: &${it} [${`*${"abcdefg"[at]},`.repeat(10)}]`),
    ];
    const read = readVerdict("reviewer", block(["verdict: clean", ...bomb, "findings: *h"].join("\n")));
    expect(read.kind).toBe("invalid");
  });
});
