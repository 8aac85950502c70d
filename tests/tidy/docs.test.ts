import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ROOMS, TYPES_ONLY } from "../../.dependency-cruiser.mjs";
import { SPECS } from "../../src/cli/specs.ts";
import { FAILPOINTS } from "../../src/files/failpoints.ts";
import {
  differences,
  exportedNames,
  forbiddenNames,
  mapOf,
  mapOfRules,
  unprovenInvariants,
  unusedWords,
} from "./docs-rules.ts";
import { brokenLinks, codeWords, section } from "./markdown.ts";
import { renderCommands, renderErrors, renderFailpoints } from "./render-docs.ts";
import { exists, listFiles, readText, repoRoot } from "./repository.ts";

const architecture = readText("docs/architecture.md");
const glossary = readText("docs/glossary.md");
const sources = listFiles(`${repoRoot}/src`)
  .filter((path) => path.endsWith(".ts"))
  .map(readText);
const pages = [...listFiles(`${repoRoot}/docs`), "README.md", "CHANGELOG.md"].filter((path) => path.endsWith(".md"));

describe("docs/architecture.md", () => {
  it("has a map with exactly the folders of src", () => {
    const folders = readdirSync(`${repoRoot}/src`, { withFileTypes: true }).filter((it) => it.isDirectory());
    const rooms = mapOf(architecture).map((it) => it.replace(/:.*/, ""));
    expect(differences(rooms.sort(), folders.map((it) => it.name).sort())).toEqual([]);
  });

  it("has the imports that are enforced", () => {
    expect(differences(mapOf(architecture).sort(), mapOfRules(ROOMS, TYPES_ONLY).sort())).toEqual([]);
  });

  it("has invariants that each name a test", () => {
    expect(unprovenInvariants(architecture, (path) => (exists(path) ? readText(path) : null))).toEqual([]);
  });

  it("has entry points that exist", () => {
    const paths = codeWords(section(architecture, "Entry points")).filter((it) => /^(src|tests)\//.test(it));
    expect(paths.length).toBeGreaterThan(3);
    expect(paths.filter((path) => !exists(path))).toEqual([]);
  });
});

describe("pages made from the code", () => {
  it.each([
    ["docs/commands.md", renderCommands],
    ["docs/errors.md", renderErrors],
    ["docs/failpoints.md", renderFailpoints],
  ])("%s is fresh (`npm run docs` writes it anew)", async (path, render) => {
    await expect(render()).toMatchFileSnapshot(join(repoRoot, path));
  });

  it("every failpoint of the catalogue is passed somewhere", () => {
    const code = listFiles(`${repoRoot}/src`).filter((path) => path !== "src/files/failpoints.ts");
    const text = code.map(readText).join("\n");
    // Some names are put together from the operation and the step.
    const isPassed = (name: string): boolean =>
      text.includes(name) || text.includes(`}${name.slice(name.lastIndexOf("."))}`);
    expect(FAILPOINTS.filter((name) => !isPassed(name))).toEqual([]);
  });
});

describe("docs/glossary.md", () => {
  it("has words that are used", () => {
    expect(unusedWords(glossary, sources.join("\n"))).toEqual([]);
  });

  it("has words that are used alone", () => {
    expect(forbiddenNames(glossary, sources.flatMap(exportedNames))).toEqual([]);
  });
});

describe("README.md", () => {
  it("names only commands that exist, and the two that come first", () => {
    const readme = readText("README.md");
    expect(readme).toContain("npm ci && npm start");
    expect(readme).toContain("npm ci && npm test");
    const commands = [...readme.matchAll(/`?kanband ([a-z]+)(?= |`|$)/gm)].map((it) => it[1] ?? "");
    const used = commands.filter((it) => readme.includes(`\`kanband ${it}`) || readme.includes(`\nkanband ${it}`));
    expect(used.filter((it) => !Object.hasOwn(SPECS, it))).toEqual([]);
    expect(used.length).toBeGreaterThan(5);
  });

  it.skipIf(!exists("dist/bin/kanband.js"))("agrees with --help of the built program", () => {
    const empty = mkdtempSync(join(tmpdir(), "kanband-help-"));
    onTestFinished(() => rmSync(empty, { recursive: true, force: true }));
    const help = execFileSync(process.execPath, [join(repoRoot, "dist/bin/kanband.js"), "--help"], {
      cwd: empty,
      encoding: "utf8",
    });
    const shown = [...help.matchAll(/^ {2}kanband ([a-z]+)/gm)].map((it) => it[1] ?? "");
    expect(differences(shown, Object.keys(SPECS))).toEqual([]);
  });
});

describe("links", () => {
  it.each(pages)("of %s lead somewhere", (path) => {
    expect(brokenLinks(repoRoot, path, readText(path))).toEqual([]);
  });

  it("of the decisions page reach every decision", () => {
    const index = readText("docs/decisions/README.md");
    const decisions = listFiles(`${repoRoot}/docs/decisions`).filter((it) => !it.endsWith("README.md"));
    expect(decisions.filter((it) => !index.includes(`](${it.slice("docs/decisions/".length)})`))).toEqual([]);
  });
});

describe("each rule of docs notices a planted mistake", () => {
  it("a room that is gone, a room that is new", () => {
    expect(differences(["board", "old"], ["board", "new"])).toEqual([
      "not documented: new",
      "documented, but not there: old",
    ]);
  });

  it("another order", () => {
    expect(differences(["a", "b"], ["b", "a"])).toEqual(["the same entries in another order"]);
  });

  it("an import that is not allowed", () => {
    const map = "## Code map\n| room | what | may import |\n|---|---|---|\n| `src/git/` | Git. | `board` |\n";
    expect(differences(mapOf(map), mapOfRules({ git: { may: [] }, board: { may: [] } }, {}))).not.toEqual([]);
  });

  it.each([
    ["no test", "1. **So it is.**\n", "names no test"],
    ["no such file", '1. **So it is.**\n   Test: `tests/tidy/gone.test.ts` "a".\n', "is not there"],
    ["no such title", '1. **So it is.**\n   Test: `tests/tidy/here.test.ts` "other".\n', 'has no "other"'],
    ["another number", '2. **So it is.**\n   Test: `tests/tidy/here.test.ts` "title".\n', "not numbered in order"],
    ["no list", "Nothing.\n", "no numbered invariants"],
  ])("an invariant without its test: %s", (_, text, expected) => {
    const read = (path: string): string | null => (path.includes("here") ? 'it("title")' : null);
    expect(unprovenInvariants(`## Invariants\n\n${text}`, read).join("\n")).toContain(expected);
  });

  it("a word that nobody uses, a word that somebody should not use", () => {
    const page = "| word | meaning | in code | not |\n|---|---|---|---|\n| task | a card | `Task` | ticket |\n";
    expect(unusedWords(page, "type Tasks = 1;")).toEqual(["Task"]);
    expect(forbiddenNames(page, ["readTicket", "ticketOf", "ticketing", "Task"])).toEqual([
      'readTicket: not "ticket"',
      'ticketOf: not "ticket"',
    ]);
  });

  it("a link that leads nowhere", () => {
    const text = "[a](gone.md) [b](errors.md#x) [c](https://example.invalid) `[d](e.md)`\n```\n[f](g.md)\n```\n";
    expect(brokenLinks(repoRoot, "docs/x.md", text)).toEqual(["docs/x.md: gone.md"]);
  });
});
