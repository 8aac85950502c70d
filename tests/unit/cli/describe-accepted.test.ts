import { expect, it } from "vitest";
import { describeAccepted } from "../../../src/cli/describe-accepted.ts";
import { boardOf, type TaskWords, type WorldWords } from "../../helpers/board-builder.ts";

const BRANCH = { branches: { a: { isMerged: false } } };

it.each<[string, TaskWords, WorldWords, RegExp]>([
  ["is merged by the daemon", "a", BRANCH, /^It is merged now/],
  ["is merged by hand", "a", { ...BRANCH, settings: { merge: "manual" } }, /`git merge kanband\/a` where main/],
  ["is merged on a forge", { id: "a", pr: "https://x/1" }, BRANCH, /`kanband pr a --sync`/],
  ["has nothing to merge", "a", {}, /^It has no branch/],
])("says what comes of a task that %s", (_, task, world, expected) => {
  const snapshot = boardOf({ for_review: [task] }, world);
  const [view] = snapshot.tasks;
  expect(view === undefined ? null : describeAccepted(view, snapshot)).toMatch(expected);
});
