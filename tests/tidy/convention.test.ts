import { describe, expect, it } from "vitest";
import { workflowProblems } from "../../src/board/check-workflow.ts";
import { findDuplicates } from "../../src/board/duplicates.ts";
import type { Finding } from "../../src/board/finding.ts";
import { readFrontMatter } from "../../src/board/front-matter.ts";
import { isLane, LANES, type Lane } from "../../src/board/lane.ts";
import { lintPersona } from "../../src/board/lint-personas.ts";
import { codeBlocks } from "../../src/board/markdown.ts";
import type { Persona } from "../../src/board/persona.ts";
import { parsePersona } from "../../src/board/persona-file.ts";
import { readVerdict } from "../../src/board/read-verdict.ts";
import { hasConcernCap, isReviewer } from "../../src/board/reviewer.ts";
import { parseSession } from "../../src/board/session-file.ts";
import { outputOf } from "../../src/board/step-facts.ts";
import type { Task } from "../../src/board/task.ts";
import { isTaskFile, parseTask } from "../../src/board/task-file.ts";
import type { Workflow } from "../../src/board/workflow.ts";
import { parseWorkflow } from "../../src/board/workflow-file.ts";
import { parseSettings } from "../../src/config/parse-settings.ts";
import { section } from "./markdown.ts";
import { exists, listFiles, readText, repoRoot } from "./repository.ts";

// The repository's own board is the worked example, the template of `init` and the play of `demo`.
const taskPaths = LANES.flatMap((lane) => listFiles(`${repoRoot}/board/${lane}`)).filter((path) =>
  isTaskFile(nameOf(path)),
);
const personaPaths = listFiles(`${repoRoot}/personas`).filter((path) => /^personas\/[^/]+\.md$/.test(path));
const workflowPaths = listFiles(`${repoRoot}/personas/workflows`).filter((path) => path.endsWith(".md"));
const sessionPaths = listFiles(`${repoRoot}/sessions`).filter((path) => path.endsWith(".md"));

const BUILDERS = ["ci_cd_engineer", "engineer", "iac_developer", "k8s_operator"];
const TEAM = ["product_manager", "engineer", "ux_designer", "growth_lead", "reliability_engineer", "tester"];
const PLANNERS = ["router", "triage", "dispatcher", "planner", "architect", "risk_assessor"];
const REVIEWERS = ["cost_analyst", "pr_reviewer", "security_auditor", "findings_reconciler"];
// The fifteenth, the manager, is the daemon.
const FACTORY = [...PLANNERS, "iac_developer", "ci_cd_engineer", "k8s_operator", "sre", ...REVIEWERS];

const REVIEW = ["verdict", "commit", "findings"];
const VERDICT_KEYS = {
  router: ["verdict", "target", "args", "reason"],
  triage: ["verdict", "personas", "reason"],
  dispatcher: ["verdict", "steps"],
  pr_reviewer: REVIEW,
  security_auditor: REVIEW,
  cost_analyst: REVIEW,
  reliability_engineer: REVIEW,
  findings_reconciler: [...REVIEW, "discarded"],
};

function personaAt(path: string): Persona {
  const { persona } = parsePersona(path, "0".repeat(40), Buffer.from(readText(path)));
  if (persona === null) throw new Error(`${path} is no persona`);
  return persona;
}

function skillNames(): ReadonlySet<string> {
  return new Set(listFiles(`${repoRoot}/personas/skills`).map((path) => path.split("/")[2] ?? ""));
}

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

  it("are all there: those of the factory and those of a product team", () => {
    expect(personaPaths.map((path) => nameOf(path).replace(/\.md$/, "")).sort()).toEqual([...FACTORY, ...TEAM].sort());
  });

  it.each(personaPaths)("%s lints without a finding", (path) => {
    expect(lintPersona(personaAt(path), Buffer.from(readText(path)), skillNames())).toEqual([]);
  });

  it("would notice a reviewer without a cap, and one that is too long", () => {
    const text = readText("personas/pr_reviewer.md").replace(/^- At most three must-fix.*$/m, "word ".repeat(50));
    const { persona } = parsePersona("personas/pr_reviewer.md", "0", Buffer.from(text));
    if (persona === null) throw new Error("no persona");
    expect(lintPersona(persona, Buffer.from(text), skillNames()).length).toBe(2);
  });

  it("only those who build may change the worktree", () => {
    const mutating = personaPaths.filter((path) => personaAt(path).mutates);
    expect(mutating).toEqual(BUILDERS.map((id) => `personas/${id}.md`));
  });

  it.each(FACTORY)("%s keeps to the rules of the factory", (id) => {
    const { prompt, mutates, maxToolCalls } = personaAt(`personas/${id}.md`);

    expect(maxToolCalls).toBe(id === "router" ? 3 : 12);
    expect(prompt).toMatch(/Push nothing, open or merge no pull request, move no task, start no other persona/);
    expect(prompt).toMatch(id === "router" ? /Three tool calls at most/ : /At most 12 tool calls/);
    if (!mutates && id !== "router") expect(prompt).toMatch(/[Ss]urface|mends? nothing|never mend|[Rr]ead only/);
  });

  it.each(TEAM)("%s leaves pushing, moving and starting to others, and names no end of concerns", (id) => {
    const { prompt } = personaAt(`personas/${id}.md`);

    expect(prompt).toMatch(/Push nothing, open or merge no pull request, move no task, start no other persona/);
    if (id !== "engineer") expect(hasConcernCap(prompt) || /at most three proposals/i.test(prompt)).toBe(true);
  });

  it.each(Object.entries(VERDICT_KEYS))("%s shows its verdict as the block that ends a message", (id, keys) => {
    const { prompt } = personaAt(`personas/${id}.md`);
    const block = codeBlocks(prompt).find(({ info }) => info === "verdict");
    const yaml = `---\n${block?.code ?? ""}---\n`;
    const { data, findings } = readFrontMatter(id, Buffer.from(yaml));

    expect(findings).toEqual([]);
    expect(Object.keys(data ?? {})).toEqual(keys);
    const read = readVerdict(null, `Well.\n\n\`\`\`verdict\n${block?.code ?? ""}\`\`\`\n`);
    expect(read).toMatchObject({ kind: "given", verdict: data?.["verdict"] });
    if (isReviewer(personaAt(`personas/${id}.md`))) expect(data?.["verdict"]).toBe("must-fix");
  });

  it("have skills in the Agent Skills layout", () => {
    const skills = listFiles(`${repoRoot}/personas/skills`);
    expect(skills.length).toBeGreaterThan(0);
    for (const path of skills.filter((it) => it.endsWith("SKILL.md"))) {
      const { data, findings } = readFrontMatter(path, Buffer.from(readText(path)));
      expect(findings).toEqual([]);
      expect(path).toBe(`personas/skills/${String(data?.["name"])}/SKILL.md`);
      expect(String(data?.["description"])).toMatch(/\. Use it (?:when|at|once) /);
    }
  });

  it("name only skills that are there", () => {
    const named = personaPaths.flatMap((path) => {
      return parsePersona(path, "0".repeat(40), Buffer.from(readText(path))).persona?.skills ?? [];
    });
    expect(named.filter((it) => !exists(`personas/skills/${it}/SKILL.md`))).toEqual([]);
  });
});

describe("the workflows of this repository", () => {
  const personas = new Map(personaPaths.map(personaAt).map((it) => [it.id, it]));
  const skills = new Set(listFiles(`${repoRoot}/personas/skills`).map((it) => it.split("/")[2] ?? ""));

  function workflowAt(path: string): { workflow: Workflow | null; findings: Finding[] } {
    return parseWorkflow(path, "", Buffer.from(readText(path)));
  }

  it.each(workflowPaths)("reads %s without a finding, also beside the personas and skills", (path) => {
    const { workflow, findings } = workflowAt(path);

    expect(findings).toEqual([]);
    expect(workflow === null ? null : workflowProblems(workflow, personas, skills)).toEqual([]);
    expect(workflow?.description).not.toBe("");
    expect(readFrontMatter(path, Buffer.from(readText(path))).data?.["name"]).toBe(workflow?.id);
  });

  it.each(workflowPaths)("%s says for people when to use it and names the files that appear", (path) => {
    const { steps = [], roundRobin } = workflowAt(path).workflow ?? {};
    const { body } = readFrontMatter(path, Buffer.from(readText(path)));
    const outputs =
      roundRobin === null ? steps.flatMap(({ output }) => output ?? []) : ["cycles/<number>-<persona>.md"];

    expect(body.trim().length).toBeGreaterThan(100);
    expect(outputs.filter((it) => !body.includes(`\`${it}\``))).toEqual([]);
  });

  it("have every name that people know", () => {
    const ideas = "solo handoff deep-dive sprint skill-chain round-robin plan factory".split(" ");
    expect(ideas.filter((it) => !workflowPaths.includes(`personas/workflows/${it}.md`))).toEqual([]);
  });

  it("let nobody who reviews cold, build on reasons: of the factory's files it has the checks alone", () => {
    const { workflow } = workflowAt("personas/workflows/factory.md");
    const cold = workflow?.steps.find(({ id }) => id === "cold");
    const warm = workflow?.steps.find(({ id }) => id === "in-context");

    expect(cold?.reads).toEqual(["checks.md"]);
    expect([warm?.reads, personas.get("pr_reviewer")?.reads]).toEqual([null, null]);
  });

  it("make every file that the factory's session folder has", () => {
    const { workflow } = workflowAt("personas/workflows/factory.md");
    const outputs = (workflow?.steps ?? []).map((step) => outputOf(step, personas));
    const expected = "routing triage scope design risk dispatch diagnosis cost security".split(" ");
    const findings = ["in-context", "cold", "reconciled"].map((it) => `findings/${it}`);

    expect([...expected, ...findings].filter((it) => !outputs.includes(`${it}.md`))).toEqual([]);
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
