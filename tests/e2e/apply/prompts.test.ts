import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { writePrompts } from "../../../src/apply/write-prompts.ts";
import { sessionOf } from "../../helpers/board-builder.ts";

it("numbers the prompts of a round on from the highest there is, and those of the same round as before", () => {
  const boardRoot = mkdtempSync(join(tmpdir(), "kanband-prompts-"));
  onTestFinished(() => rmSync(boardRoot, { recursive: true }));
  const folder = join(boardRoot, "sessions/a/tasks");
  const review = (step: string, attempt: number, titles: readonly string[]) => {
    const findings = titles.map(
      (title) => ({ title, file: null, line: null, severity: "must-fix", why: "", fix: "", sources: [] }) as const,
    );
    writePrompts({ boardRoot }, sessionOf("a", { step, attempt, verdict: "must-fix", findings }));
    return readdirSync(folder).toSorted();
  };
  expect(review("cold", 1, ["One", "Two"])).toEqual(["01-one.md", "02-two.md"]);
  rmSync(join(folder, "01-one.md"));

  const second = ["02-two.md", "03-three.md", "04-four.md"];
  expect(review("cold", 2, ["Three", "Four"])).toEqual(second);
  // After a crash in the midst of it.
  rmSync(join(folder, "04-four.md"));
  expect(review("cold", 2, ["Three", "Four"])).toEqual(second);
});
