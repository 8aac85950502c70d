import { describe, expect, it } from "vitest";
import { questionLine } from "../../../src/board/question-line.ts";
import { readVerdict } from "../../../src/board/read-verdict.ts";
import { block, detailsOf, FINDING, KINDS, problemOf, wordOf } from "./verdict-messages.ts";

describe("the form of a verdict", () => {
  it.each([
    ["front matter", "---\nverdict: clean\n---\n\nAll is well."],
    ["front matter, blank lines above", "\n\n---\nverdict: clean\n---\n"],
    ["a block of that name", `Fine.\n\n${block("verdict: clean")}`],
    ["a block of YAML", block("verdict: clean", "yaml")],
    ["a block of yml, with more behind", block("verdict: clean", 'yml title="x"')],
    ["JSON", block('{\n\t"verdict": "clean",\n\t"findings": []\n}', "json")],
    ["a block without a name", block("verdict: clean", "")],
    ["tildes", "~~~verdict\nverdict: clean\n~~~"],
    ["never closed", "```verdict\nverdict: clean"],
    ["text behind it", `${block("verdict: clean")}\nThat is all.\n`],
    ["Windows", block("verdict: clean\r\nfindings: []\r", "YAML\r")],
    ["capitals", block("Verdict: CLEAN")],
    ["bold", block("**Verdict:** **clean**")],
    ["bold, the other way", block("**verdict**: `clean`")],
    ["quotes", block("\"verdict\": 'clean'")],
    ["an empty list in words", block("verdict: clean\nfindings: none")],
    ["a line", "All is well.\n\nVerdict: clean\n"],
    ["a line in bold", "**Verdict:** clean."],
    ["a line as a list item", "- verdict: `clean`"],
  ])("%s", (_, message) => {
    expect(wordOf(readVerdict("reviewer", message))).toBe("clean");
  });

  it.each(["must-fix", "must_fix", "Must fix", "**MUST-FIX**", '"must fix"', "`must-fix`", "must-fix."])(
    "%s",
    (word) => {
      expect(wordOf(readVerdict("reviewer", block(`verdict: ${word}\n${FINDING}`)))).toBe("must-fix");
    },
  );

  it("values that YAML would stumble over are taken as written", () => {
    const text =
      "verdict: must-fix\nfindings:\n  - title: Fails: no such file\n    why: @x is *not* set\n    file: src/a.ts";
    expect(detailsOf(readVerdict("reviewer", block(text)))?.findings).toMatchObject([
      { title: "Fails: no such file", why: "@x is *not* set", file: "src/a.ts" },
    ]);
  });

  it.each([
    ["an earlier block", `${block("verdict: clean", "yaml")}\n${block(`verdict: must-fix\n${FINDING}`)}`],
    [
      "a block quote behind",
      `${block(`verdict: must-fix\n${FINDING}`)}\n> verdict: clean\n>\n> \`\`\`verdict\n> verdict: clean\n> \`\`\`\n`,
    ],
    [
      "a whole message, quoted",
      `${block(`verdict: must-fix\n${FINDING}`)}\n\`\`\`\`\n# Earlier\n\n${block("verdict: clean")}\`\`\`\`\n`,
    ],
    ["a comment", `${block(`verdict: must-fix\n${FINDING}`)}\n<!--\n${block("verdict: clean")}-->\n`],
    ["output of a program", `${block(`verdict: must-fix\n${FINDING}`)}\n${block("verdict: clean", "text")}`],
    ["a line behind", `${block(`verdict: must-fix\n${FINDING}`)}\nverdict: clean\n`],
    ["front matter that says the same", `---\nverdict: must-fix\n---\n\n${block(`verdict: must-fix\n${FINDING}`)}`],
  ])("its own counts, not %s", (_, message) => {
    expect(wordOf(readVerdict("reviewer", message))).toBe("must-fix");
  });

  it.each([
    [
      "front matter and a block",
      `---\nverdict: clean\n---\nThat is quoted.\n\n${block(`verdict: must-fix\n${FINDING}`)}`,
    ],
    ["two blocks", `${block("verdict: clean")}\nNo.\n\n${block(`verdict: must-fix\n${FINDING}`)}`],
    ["a block and one of YAML", `${block(`verdict: must-fix\n${FINDING}`)}\n${block("verdict: clean", "yaml")}`],
  ])("two verdicts that contradict each other are none: %s", (_, message) => {
    expect(problemOf(readVerdict("reviewer", message))).toMatch(
      /^expected `verdict:` clean \| must-fix, once; .*contradict/,
    );
  });

  it("a rule above the text is no front matter", () => {
    expect(
      wordOf(readVerdict("reviewer", `---\nSome words: here\nand verdict: none\n---\n${block("verdict: clean")}`)),
    ).toBe("clean");
  });

  it("one that cannot be read is not made up for by an older one", () => {
    const read = readVerdict(
      "reviewer",
      `${block("verdict: clean")}${block("verdict: [must-fix\nfindings: {", "yaml")}`,
    );
    expect(problemOf(read)).toMatch(
      /^expected `verdict:` clean \| must-fix; line \d of its block is not readable YAML/,
    );
  });
});

/** As a session file begins. */
const QUOTED = "---\ntask: a\nattempt: 1\nstate: done\nverdict: must-fix\ntokens:\n  input: 1\n---";

describe("a step that no verdict is asked of", () => {
  it.each([
    ["Done.", "none"],
    ["verdict: must-fix", "must-fix"],
    [block("verdict: whatever"), "whatever"],
    ["---\nverdict: Clean\n---\nverdict: must-fix", "clean"],
    ["**Verdict:** Must-Fix.", "must-fix"],
    ["verdict: must-fix\n```\nverdict: clean\n```", "clean"],
    ["verdict: clean | must-fix", "none"],
    ["verdict: invalid", "none"],
    ["> verdict: decision", "none"],
    [`It says:\n\n${QUOTED}\nThat is all.`, "none"],
    [`${QUOTED}\nThat is all.`, "none"],
    [block(QUOTED, ""), "none"],
    [block(QUOTED, "yaml"), "none"],
    [block(QUOTED, "markdown"), "none"],
    [`${block("verdict: clean")}\n${block(QUOTED.replaceAll("\n", "\r\n"), "yaml")}`, "clean"],
    [`${"x".repeat(1024 * 1024)}\nverdict: clean`, "clean"],
    ["The verdict: clean enough", "none"],
    [`\`\`\`\`\n${block("verdict: decision")}\`\`\`\`\n`, "none"],
    [block("verdict: decision", "text"), "none"],
  ])("%#", (message, expected) => {
    expect(wordOf(readVerdict(null, message))).toBe(expected);
  });
});

describe("a question to the person", () => {
  it("has options and a recommendation", () => {
    const text = "question: |\n  Queue or\n  table?\noptions:\n  - a: the queue\n  - the table\nrecommendation: a";
    for (const kind of [null, ...KINDS]) {
      expect(readVerdict(kind, `I cannot choose.\n\n${block(text, "decision")}`)).toEqual({
        kind: "decision",
        question: "Queue or table?",
        options: ["a: the queue", "the table"],
        recommendation: "a",
      });
    }
  });

  it.each([
    ["plain words", block("Which region?", "decision"), "Which region?"],
    ["words that are no YAML", block("Which: a: b?", "decision"), "Which: a: b?"],
    ["a verdict block", block("verdict: decision\nquestion: Which region?"), "Which region?"],
  ])("as %s", (_, message, question) => {
    expect(readVerdict("reviewer", message)).toMatchObject({ kind: "decision", question, options: [] });
  });

  it("is one line in files", () => {
    const ask = { kind: "decision", question: "Queue or table?", options: [], recommendation: null } as const;
    expect(questionLine(ask)).toBe("Queue or table?");
    expect(questionLine({ ...ask, options: ["queue", "table"], recommendation: "queue" })).toBe(
      "Queue or table? [queue | table] (recommended: queue)",
    );
  });

  it("that asks nothing is asked again; one that a verdict follows is settled", () => {
    expect(problemOf(readVerdict(null, block("question:", "decision")))).toMatch(/it asks nothing/);
    expect(wordOf(readVerdict("reviewer", `${block("question: x?", "decision")}${block("verdict: clean")}`))).toBe(
      "clean",
    );
  });
});
