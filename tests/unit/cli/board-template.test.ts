import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import { parseSettings } from "../../../src/config/parse-settings.ts";

const template = readFileSync(join(import.meta.dirname, "../../../board/board.md"), "utf8");

describe("board/board.md, the settings of a new board", () => {
  it("is the defaults, said aloud", () => {
    const { settings, findings } = parseSettings("board/board.md", Buffer.from(template));

    expect(findings).toEqual([]);
    expect(settings).toEqual(DEFAULTS);
  });

  it("shows settings that work once their # is taken away", () => {
    const [note, ...lines] = template.split("\n").filter((line) => line.startsWith("# "));
    const said = lines.reduce((text, line) => text.replace(line, line.slice(2)), template);

    const { settings, findings } = parseSettings("board/board.md", Buffer.from(said));

    expect(note).toContain("default or an example");
    expect(lines.length).toBeGreaterThan(10);
    expect(findings).toEqual([]);
    // What is no example is the default.
    const { agents, verify, checks, worktree, notify, tools, defaultWorkflow, ...shown } = settings ?? DEFAULTS;
    expect(DEFAULTS).toMatchObject(shown);
    expect({ ...checks, config: [], tests: [] }).toEqual(DEFAULTS.checks);
    expect([agents, tools].map((it) => Object.keys(it).length)).toEqual([1, 1]);
    expect([verify.length, worktree.setup.length, notify, defaultWorkflow]).toEqual([1, 1, "./notify.sh", "factory"]);
  });
});
