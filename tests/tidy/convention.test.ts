import { describe, expect, it } from "vitest";
import { findDuplicates } from "../../src/board/duplicates.ts";
import { readFrontMatter } from "../../src/board/front-matter.ts";
import { isLane, LANES, type Lane } from "../../src/board/lane.ts";
import { parsePersona } from "../../src/board/persona-file.ts";
import { parseSession } from "../../src/board/session-file.ts";
import type { Task } from "../../src/board/task.ts";
import { isTaskFile, parseTask } from "../../src/board/task-file.ts";
import { parseSettings } from "../../src/config/parse-settings.ts";
import { section } from "./markdown.ts";
import { exists, listFiles, readText, repoRoot } from "./repository.ts";

// The repository's own board is the worked example, the template of `init` and the play of `demo`.
const taskPaths = LANES.flatMap((lane) => listFiles(`${repoRoot}/board/${lane}`)).filter((path) =>
  isTaskFile(nameOf(path)),
);
const personaPaths = listFiles(`${repoRoot}/personas`).filter((path) => /^personas\/[^/]+\.md$/.test(path));
const sessionPaths = listFiles(`${repoRoot}/sessions`).filter((path) => path.endsWith(".md"));

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function laneOf(path: string): Lane {
  const lane = path.split("/")[1] ?? "";
  if (!isLane(lane)) throw new Error(`${path} is in no lane`);
  return lane;
}

function readTask(path: string): { task: Task | null; messages: string[] } {
  const { task, findings } = parseTask(path, laneOf(path), Buffer.from(readText(path)));
  return { task, messages: findings.map((it) => `${it.path}:${it.line}: ${it.message}`) };
}

describe("the board of this repository", () => {
  it("has every lane, each kept alive", () => {
    expect(LANES.filter((lane) => !exists(`board/${lane}/.gitkeep`))).toEqual([]);
  });

  it("has tasks", () => {
    expect(taskPaths.length).toBeGreaterThan(3);
  });

  it.each(taskPaths)("reads %s without a finding", (path) => {
    expect(readTask(path).messages).toEqual([]);
  });

  it("reads its settings without a finding", () => {
    expect(parseSettings("board/board.md", Buffer.from(readText("board/board.md"))).findings).toEqual([]);
  });

  it("has one file an id, and only personas and dependencies that are there", () => {
    const tasks = taskPaths.flatMap((path) => readTask(path).task ?? []);
    const ids = tasks.flatMap((task) => [task.id, ...task.aliases]);
    const personas = personaPaths.map((path) => nameOf(path).replace(/\.md$/, ""));

    expect(findDuplicates(tasks).findings).toEqual([]);
    expect(tasks.flatMap((it) => it.dependencies).filter((it) => !ids.includes(it))).toEqual([]);
    expect(tasks.flatMap((it) => it.persona ?? []).filter((it) => !personas.includes(it))).toEqual([]);
  });

  it("would notice a broken file", () => {
    const { findings } = parseTask("board/planned/a.md", "planned", Buffer.from('---\ntitle: "no end\n---\n'));
    expect(findings.length).toBeGreaterThan(0);
  });
});

describe("the personas of this repository", () => {
  it.each(personaPaths)("reads %s without a finding", (path) => {
    const { persona, findings } = parsePersona(path, "0".repeat(40), Buffer.from(readText(path)));

    expect(findings).toEqual([]);
    expect(persona?.description).not.toBe("");
    expect(path).toBe(`personas/${persona?.id}.md`);
    expect(readFrontMatter(path, Buffer.from(readText(path))).data?.["name"]).toBe(persona?.id);
  });

  it.each(personaPaths)("%s has the shape of a prompt, in 100 to 400 words", (path) => {
    const text = readText(path);
    const prompt = text.slice(text.indexOf("\n---\n", 4) + 5);
    const sections = ["Inputs", "Hard rules", "Output", "Done"];

    expect(sections.filter((it) => section(prompt, it).trim() === "")).toEqual([]);
    expect(prompt.split(/\s+/).length).toBeGreaterThanOrEqual(100);
    expect(prompt.split(/\s+/).length).toBeLessThanOrEqual(400);
  });

  it("only the engineer may change the worktree", () => {
    const mutating = personaPaths.filter((path) => /^mutates: true$/m.test(readText(path)));
    expect(mutating).toEqual(["personas/engineer.md"]);
  });

  it("have skills in the Agent Skills layout", () => {
    const skills = listFiles(`${repoRoot}/personas/skills`);
    expect(skills.length).toBeGreaterThan(0);
    for (const path of skills.filter((it) => it.endsWith("SKILL.md"))) {
      const { data, findings } = readFrontMatter(path, Buffer.from(readText(path)));
      expect(findings).toEqual([]);
      expect(path).toBe(`personas/skills/${String(data?.["name"])}/SKILL.md`);
    }
  });

  it("name only skills and workflows that are there", () => {
    const named = personaPaths.flatMap((path) => {
      return parsePersona(path, "0".repeat(40), Buffer.from(readText(path))).persona?.skills ?? [];
    });
    expect(named.filter((it) => !exists(`personas/skills/${it}/SKILL.md`))).toEqual([]);
    expect(exists("personas/workflows/solo.md")).toBe(true);
    expect(readFrontMatter("solo.md", Buffer.from(readText("personas/workflows/solo.md"))).findings).toEqual([]);
  });
});

describe("the sessions of this repository", () => {
  it("are kept alive", () => {
    expect(listFiles(`${repoRoot}/sessions`).length).toBeGreaterThan(0);
  });

  it("read without a finding", () => {
    const findings = sessionPaths.flatMap((path) => {
      return parseSession(path, path.split("/")[1] ?? "", Buffer.from(readText(path))).findings;
    });
    expect(findings).toEqual([]);
  });
});
