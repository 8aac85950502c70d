import { expect, it } from "vitest";
import { isIdle } from "../../../src/controller/rest.ts";
import { decide } from "../../../src/decide/decide.ts";
import type { JobView } from "../../../src/decide/snapshot.ts";
import { boardOf } from "../../helpers/board-builder.ts";

const CHECK: JobView = { kind: "check", taskId: "b", slot: null, problem: null, retryAt: null };

function isIdleAfter(...jobs: readonly JobView[]): boolean {
  const snapshot = { ...boardOf({ for_review: ["a"] }), jobs };
  const decision = { ...decide(snapshot), actions: [], lookAgainAt: null };
  return isIdle({ snapshot, decision, didChange: false }, []);
}

it("a board is not at rest whose job ended after it was looked at: nobody has seen what that left", () => {
  expect(isIdleAfter()).toBe(true);
  expect(isIdleAfter(CHECK)).toBe(false);
  expect(isIdleAfter({ ...CHECK, problem: "no disk", retryAt: 1 })).toBe(true);
});
