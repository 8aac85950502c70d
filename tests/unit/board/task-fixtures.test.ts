import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parsePersona } from "../../../src/board/persona-file.ts";
import { parseTask } from "../../../src/board/task-file.ts";

const BOARDS = join(import.meta.dirname, "../../fixtures/boards");

// Name of the file -> line, and a word of the message.
const BROKEN: Record<string, [line: number | null, message: RegExp]> = {
  "unquoted-colon": [2, /Fix login: again/],
  "bare-at-name": [4, /@ann/],
  "duplicate-key": [4, /duplicated/],
  "unclosed-quote": [2, /quoted/],
  "glued-list": [5, /-c/],
  "unclosed-fence": [1, /never closed/],
  javascript: [1, /`---js`/],
  json: [1, /`---json`/],
  "named-constructor": [1, /`---constructor`/],
  "closed-by-prefix": [1, /never closed/],
  list: [2, /key: value/],
  words: [2, /key: value/],
  "conflict-in-front-matter": [3, /conflict/],
  "conflict-in-body": [5, /conflict/],
  "blank-line-first": [2, /first line/],
  tab: [4, /tab/],
  "wrong-type": [3, /`verify` is \{"a":"b"\}; expected a list of commands/],
  "unknown-priority": [3, /`priority` is "hgih"; expected one of .*did you mean "high"/],
  "duration-without-unit": [2, /`timeout` is 30; expected a duration/],
  "complex-key": [2, /\?/],
  "outside-glob": [2, /`touches`.*without `\.\.`/],
  "list-with-commas": [2, /`dependencies` is "a, b"; expected a list/],
  empty: [null, /empty/],
  blank: [null, /empty/],
};

describe("broken files", () => {
  it("are all expected here", () => {
    const names = readdirSync(join(BOARDS, "broken")).map((it) => it.replace(/\.md$/, ""));

    expect(names.sort()).toEqual(Object.keys(BROKEN).sort());
  });

  it.each(Object.entries(BROKEN))("%s", (name, [line, message]) => {
    const path = `board/planned/${name}.md`;
    const content = readFileSync(join(BOARDS, "broken", `${name}.md`));

    const first = parseTask(path, "planned", content);
    const second = parseTask(path, "planned", content);

    expect(first.task).toBeNull();
    expect(first.findings).toHaveLength(1);
    expect(first.findings[0]).toMatchObject({ path, line, severity: "error", code: "TASK_INVALID" });
    expect(first.findings[0]?.message).toMatch(message);
    expect(second).toEqual(first);
  });
});

describe("shapes of real boards", () => {
  const read = (name: string) =>
    parseTask(`board/planned/${name}.md`, "planned", readFileSync(join(BOARDS, "shapes", `${name}.md`)));

  it.each(readdirSync(join(BOARDS, "shapes")))("%s reads without a finding", (file) => {
    const { task, findings } = read(file.replace(/\.md$/, ""));

    expect(findings).toEqual([]);
    expect(task).not.toBeNull();
  });

  it("Backlog.md: the id is an alias, the status is nothing", () => {
    expect(read("backlog-md").task).toMatchObject({
      id: "backlog-md",
      aliases: ["BACK-528"],
      lane: "planned",
      laneRequest: null,
    });
  });

  it("spec-kitty: the work package is an alias, the lane a request", () => {
    expect(read("spec-kitty").task).toMatchObject({ aliases: ["WP01"], laneRequest: "planned", laneRequestLine: 4 });
  });

  it("no front matter: the first heading is the title, whatever rules the body has", () => {
    const { task } = read("no-front-matter");

    expect(task?.title).toBe("Fix the *login*");
    expect(task?.body).toContain("---\n\nand more text.");
  });

  it("every style of YAML", () => {
    expect(read("every-style").task).toMatchObject({
      title: "A title that is folded over two lines",
      priority: "high",
      dependencies: ["one", "two", "three"],
      blocked: null,
      body: "\nText — with a dash.\n",
    });
  });

  it("rules in the body stay in the body", () => {
    expect(read("rules-in-the-body").task?.body).toBe("one\n\n---\n\ntwo\n\n---foo\n");
  });

  it("a subagent file is a persona", () => {
    const content = readFileSync(join(BOARDS, "shapes", "subagent.md"));

    const { persona, findings } = parsePersona("personas/code-reviewer.md", "abc", content);

    expect(findings).toEqual([]);
    expect(persona).toMatchObject({
      tools: ["Read", "Grep", "Bash"],
      model: "sonnet",
      mutates: false,
      maxToolCalls: 12,
    });
  });
});
