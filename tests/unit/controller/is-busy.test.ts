import { expect, it } from "vitest";
import { isBusy } from "../../../src/controller/is-busy.ts";
import { NOW, runOf } from "../../helpers/board-builder.ts";

it("the end waits for runs and jobs, and not for a run that cannot be collected", () => {
  const over = runOf("a", { state: "exited" });
  const job = { kind: "collect", taskId: "a", slot: null, of: over.runId, problem: null, retryAt: null };
  const failed = { ...job, problem: "no space left", retryAt: NOW };

  expect(isBusy([], [])).toBe(false);
  expect(isBusy([runOf("a")], [])).toBe(true);
  expect(isBusy([over], [])).toBe(true);
  expect(isBusy([over], [job])).toBe(true);
  expect(isBusy([over], [failed])).toBe(false);
  expect(isBusy([over, runOf("b", { state: "exited" })], [failed])).toBe(true);
  expect(isBusy([runOf("a")], [failed])).toBe(true);
});
