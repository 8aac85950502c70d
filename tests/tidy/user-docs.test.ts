import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { readFrontMatter } from "../../src/board/front-matter.ts";
import { PersonaKeys, parsePersona } from "../../src/board/persona-file.ts";
import { parseTask } from "../../src/board/task-file.ts";
import { TaskKeys } from "../../src/board/task-keys.ts";
import { VERDICTS } from "../../src/board/verdict-kind.ts";
import { parseWorkflow } from "../../src/board/workflow-file.ts";
import { StepKeys, WorkflowKeys } from "../../src/board/workflow-keys.ts";
import { DEFAULTS } from "../../src/config/defaults.ts";
import { parseSettings } from "../../src/config/parse-settings.ts";
import { SettingsFile } from "../../src/config/settings-file.ts";
import { differences } from "./docs-rules.ts";
import { codeWords, section, tableRows } from "./markdown.ts";
import { listFiles, readText, repoRoot } from "./repository.ts";

const tasks = readText("docs/tasks.md");
const settings = readText("docs/settings.md");
const readme = readText("README.md");
const personas = readText("docs/personas.md");

/** The texts of the fenced blocks of a language. */
function blocks(page: string, language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map((it) => it[1] ?? "");
}

/** First words of the rows of all tables that begin with a key. */
function keysOf(page: string): string[] {
  return tableRows(page, "key", "default", "meaning", "example").map(([key = ""]) => codeWords(key)[0] ?? "");
}

function examplesOf(page: string): string[] {
  return tableRows(page, "key", "default", "meaning", "example").map((row) => codeWords(row[3] ?? "")[0] ?? "");
}

function taskFindings(text: string): string[] {
  const { task, findings } = parseTask("board/planned/a.md", "planned", Buffer.from(text));
  return [...(task === null ? ["not a task"] : []), ...findings.map((it) => it.message)];
}

function settingsFindings(frontMatter: string): string[] {
  const { findings } = parseSettings("board/board.md", Buffer.from(`---\n${frontMatter}\n---\n`));
  return findings.map((it) => it.message);
}

describe("docs/tasks.md", () => {
  it("has every key of a task file", () => {
    expect(differences(keysOf(tasks).sort(), Object.keys(TaskKeys.entries).sort())).toEqual([]);
  });

  it.each(examplesOf(tasks))("has a sound example: %s", (example) => {
    expect(taskFindings(`---\n${example}\n---\nText.\n`)).toEqual([]);
  });

  it.each(blocks(tasks, "markdown"))("has a sound example of a whole file", (text) => {
    expect(taskFindings(text)).toEqual([]);
  });
});

describe("docs/round-robin.md", () => {
  it.each(blocks(readText("docs/round-robin.md"), "markdown"))("has a sound example of a whole file", (text) => {
    expect(taskFindings(text)).toEqual([]);
  });
});

describe("docs/workflows.md", () => {
  const page = readText("docs/workflows.md");
  const [ofFile, ofSteps] = [section(page, "Keys of the file"), section(page, "Keys of a step")];

  it("has every key of a file and of a step", () => {
    expect(differences(keysOf(ofFile).sort(), Object.keys(WorkflowKeys.entries).sort())).toEqual([]);
    expect(differences(keysOf(ofSteps).sort(), Object.keys(StepKeys.entries).sort())).toEqual([]);
  });

  it.each([
    ...examplesOf(ofFile).map((it) => [it, WorkflowKeys] as const),
    ...examplesOf(ofSteps).map((it) => [it, v.partial(StepKeys)] as const),
  ])("has a sound example: %s", (example, schema) => {
    const { data } = readFrontMatter("", Buffer.from(`---\n${example}\n---\n`));
    expect(v.safeParse(schema, data).issues ?? []).toEqual([]);
  });

  it.each(blocks(page, "markdown"))("has a sound example of a whole file", (text) => {
    expect(parseWorkflow("personas/workflows/careful.md", "", Buffer.from(text)).findings).toEqual([]);
  });

  it("has every kind of verdict and every workflow that is shipped", () => {
    const kinds = tableRows(page, "kind", "verdicts").map((row) => row.flatMap(codeWords));
    expect(kinds).toEqual(Object.entries(VERDICTS).map(([kind, verdicts]) => [kind, ...verdicts]));
    const shipped = tableRows(page, "workflow", "for").flatMap(([name = ""]) => codeWords(name));
    const files = listFiles(`${repoRoot}/personas/workflows`).map((it) => it.replace(/^.*\/|\.md$/g, ""));
    expect(differences(shipped.toSorted(), files.toSorted())).toEqual([]);
  });
});

describe("docs/personas.md", () => {
  const findingsOf = (text: string) => parsePersona("personas/db_reviewer.md", "0", Buffer.from(text)).findings;

  it("has every key of a persona", () => {
    expect(differences(keysOf(personas).sort(), Object.keys(PersonaKeys.entries).sort())).toEqual([]);
  });

  it.each(examplesOf(personas))("has a sound example: %s", (example) => {
    expect(findingsOf(`---\n${example}\n---\nText.\n`)).toEqual([]);
  });

  it("has a sound example of a whole file", () => {
    const [text = ""] = blocks(personas, "markdown");
    expect(text).toContain("db_reviewer");
    expect(findingsOf(text)).toEqual([]);
  });

  it("names everybody who is shipped, and every skill", () => {
    const shipped = section(personas, "Shipped") + section(personas, "Skills");
    const names = listFiles(`${repoRoot}/personas`)
      .filter((path) => !path.startsWith("personas/workflows/"))
      .map((path) => path.replace(/^personas\/(?:skills\/)?|\/SKILL\.md$|\.md$/g, ""));
    expect(names.filter((it) => !shipped.includes(`\`${it}\``))).toEqual([]);
  });
});

describe("docs/settings.md", () => {
  const [top = "", ofSlots = ""] = settings.split("## Slots with profiles");

  it("has every key of the settings", () => {
    expect(differences(keysOf(top).sort(), Object.keys(SettingsFile.entries).sort())).toEqual([]);
  });

  it("shows the defaults as they are", () => {
    const [text = ""] = blocks(top, "yaml");
    expect(parseSettings("board/board.md", Buffer.from(`---\n${text}---\n`))).toEqual({
      settings: DEFAULTS,
      findings: [],
    });
  });

  it.each(examplesOf(top))("has a sound example: %s", (example) => {
    const agents = example.startsWith("agent:") ? "agents: { my-llm: { command: [my-llm] } }\n" : "";
    expect(settingsFindings(`${agents}${example}`)).toEqual([]);
  });

  it("has the keys of a slot, with sound examples", () => {
    const names = Object.keys(DEFAULTS.slots[0] ?? {}).map((it) =>
      it.replace(/[A-Z]/g, (big) => `_${big.toLowerCase()}`),
    );
    expect(differences(keysOf(ofSlots).sort(), names.sort())).toEqual([]);
    const lines = examplesOf(ofSlots).map((it) => `    ${it}\n`);
    expect(settingsFindings(`agents: { my-llm: { command: [my-llm] } }\nslots:\n  -\n${lines.join("")}`)).toEqual([]);
  });

  it("has a sound example of slots", () => {
    const [text = ""] = blocks(ofSlots, "yaml");
    expect(settingsFindings(`agents: { my-llm: { command: [my-llm] } }\n${text}`)).toEqual([]);
  });

  it("would notice an unsound one", () => {
    expect(settingsFindings("slots: many")).not.toEqual([]);
    expect(settingsFindings("slotz: 3")).not.toEqual([]);
    expect(taskFindings("---\npriority: soon\n---\n")).not.toEqual([]);
  });
});

describe("README.md", () => {
  it("shows sound settings", () => {
    const texts = [
      ...blocks(section(readme, "Settings"), "yaml"),
      ...blocks(section(readme, "Connect an agent"), "yaml"),
    ];
    expect(texts.length).toBe(3);
    expect(texts.flatMap((it) => settingsFindings(it.replaceAll(/^---$/gm, "")))).toEqual([]);
  });
});
