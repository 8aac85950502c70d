import { describe, expect, it } from "vitest";
import { formatPullRequest, parsePullRequest } from "../../../src/board/pull-request.ts";
import { boardOf, type TaskWords } from "../../helpers/board-builder.ts";
import { briefWork, whyOf } from "./brief.ts";

const URL = "https://github.com/acme/app/pull/1";
const SHA = "c".repeat(40);

describe("the key `pr`", () => {
  it.each([
    [URL, { url: URL, landedAs: null, isClosed: false }],
    [`${URL} ${SHA}`, { url: URL, landedAs: SHA, isClosed: false }],
    [`${URL} closed`, { url: URL, landedAs: null, isClosed: true }],
  ])("%s is read and written", (text, request) => {
    expect(parsePullRequest(text)).toEqual(request);
    expect(formatPullRequest(request)).toBe(text);
  });

  it("is none when it is empty, and any other mark is none", () => {
    expect([parsePullRequest(null), parsePullRequest(" ")]).toEqual([null, null]);
    expect(parsePullRequest(`${URL} soon`)).toEqual({ url: URL, landedAs: null, isClosed: false });
  });
});

describe("an accepted task with a pull request", () => {
  const taskWith = (pr: string | null): TaskWords => ({ id: "a", attempt: 1, branch: "kanband/a", pr });

  it.each([
    ["not merged yet", URL, "its pull request is not merged yet: kanband pr a --sync"],
    ["closed", `${URL} closed`, "its pull request was closed unmerged"],
    [
      "merged, and not here",
      `${URL} ${SHA}`,
      "its pull request is merged as cccccccccccc, but the base does not hold it",
    ],
  ])("is not merged here: %s", (_, pr, line) => {
    const board = boardOf({ done: [taskWith(pr)] }, { branches: { a: { isMerged: false } } });
    expect(briefWork(board)).not.toContain("merge a");
    expect(whyOf(board, "a")).toContain(line);
  });

  it("is merged once the key is gone, and closed once the base holds it", () => {
    const gone = boardOf({ done: [taskWith(null)] }, { branches: { a: { isMerged: false } } });
    expect(briefWork(gone)).toContain("merge a");
    const landed = boardOf({ done: [taskWith(`${URL} ${SHA}`)] }, { branches: { a: { isMerged: true } } });
    expect(briefWork(landed).join("\n")).toMatch(/drop-branch a/);
  });

  it("says where it is while it waits for a person", () => {
    const board = boardOf({ for_review: [taskWith(URL)] }, { branches: { a: {} } });
    expect(whyOf(board, "a")).toMatch(
      /^its pull request is open: https:\/\/github\.com\/acme\/app\/pull\/1; waits for a person/,
    );
  });
});
