import { expect, it } from "vitest";
import { unheldFindings, unheldVerify } from "../../../../src/cli/check/unheld-verify.ts";
import { DEFAULTS } from "../../../../src/config/defaults.ts";
import type { Settings } from "../../../../src/config/settings.ts";
import { type BoardWords, boardOf } from "../../../helpers/board-builder.ts";

const held = (facts: Partial<Settings["checks"]>) => ({ checks: { ...DEFAULTS.checks, ...facts } });
const ofTask = { planned: [{ id: "a", verify: ["make"] }] };

it.each<[string, BoardWords, Partial<Settings>, RegExp | null]>([
  ["a command of the board", {}, { verify: ["npm test"] }, /what `npm test` runs/],
  ["one of a task", ofTask, {}, /what `make` runs/],
  ["one of a task that is done", { done: ofTask.planned }, {}, null],
  ["nothing to run", {}, {}, null],
  ["configuration that is held", ofTask, held({ config: ["Makefile"] }), null],
  ["tests that are held", {}, { verify: ["npm test"], ...held({ tests: ["tests/**"] }) }, null],
])("says where nothing holds what checks run, with what to type: %s", (_, lanes, settings, expected) => {
  const snapshot = boardOf(lanes, { settings });
  const said = unheldVerify(snapshot);
  if (expected === null) expect(said).toBeNull();
  else expect(said).toEqual({ message: expect.stringMatching(expected), hint: expect.stringContaining("checks: {") });
  // A task's own command is no finding of the board.
  const isOfBoard = expected !== null && lanes !== ofTask;
  expect(unheldFindings(snapshot).map(({ severity }) => severity)).toEqual(isOfBoard ? ["warning"] : []);
});
