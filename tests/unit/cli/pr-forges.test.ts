import { describe, expect, it } from "vitest";
import { findForge } from "../../../src/cli/pr/find-forge.ts";
import { placeOfUrl } from "../../../src/cli/pr/forge.ts";
import { gh } from "../../../src/cli/pr/gh.ts";
import { glab } from "../../../src/cli/pr/glab.ts";

const [A, B] = ["a".repeat(40), "b".repeat(40)];

describe("the address of a remote", () => {
  it.each([
    ["https://github.com/acme/app.git", "github.com", "acme/app"],
    ["https://me:secret@GitHub.example.com:8443/acme/app", "github.example.com", "acme/app"],
    ["git@gitlab.com:group/sub/app.git", "gitlab.com", "group/sub/app"],
    ["ssh://git@git.example.com:2222/acme/app.git/", "git.example.com", "acme/app"],
  ])("%s is a place on a forge", (url, host, path) => {
    expect(placeOfUrl(url)).toEqual({ host, path });
  });

  it.each([
    "/srv/git/app.git",
    "../app",
    "C:/code/app",
    "file:///srv/app.git",
    "https://github.com/",
    "https://x.y/a b/c",
  ])("%s is none", (url) => {
    expect(placeOfUrl(url)).toBeNull();
  });

  it("tells its forge by the host, unless one is named", () => {
    expect(findForge("git@github.com:a/b", null).forge?.id).toBe("gh");
    expect(findForge("https://gitlab.example.com/a/b", null).forge?.id).toBe("glab");
    expect(findForge("https://git.example.com/a/b", null).forge).toBeNull();
    expect(findForge("https://git.example.com/a/b", "glab").forge?.id).toBe("glab");
    expect(findForge(null, null)).toEqual({ forge: null, isHere: false, place: null });
  });
});

describe("what the program of a forge answers", () => {
  it("is read from gh", () => {
    const url = "https://github.com/acme/app/pull/1";
    const text = JSON.stringify([
      { url, state: "MERGED", headRefOid: A, mergeCommit: { oid: B }, isCrossRepository: false },
      { url, state: "OPEN", headRefOid: A, mergeCommit: null },
      { url, state: "CLOSED", headRefOid: "not an id", mergeCommit: null },
      { url, state: "OPEN", headRefOid: A, mergeCommit: null, isCrossRepository: true },
    ]);
    expect(gh.parse(text)).toEqual([
      { url, state: "merged", headSha: A, landing: B },
      { url, state: "open", headSha: A, landing: null },
      { url, state: "closed", headSha: null, landing: null },
    ]);
  });

  it.each([
    ["a merge", { merge_commit_sha: B, squash_commit_sha: A }, B],
    ["a squash without a merge", { merge_commit_sha: null, squash_commit_sha: B }, B],
    ["a fast-forward", { merge_commit_sha: null, squash_commit_sha: null }, A],
  ])("is read from glab, after %s", (_, keys, landing) => {
    const text = JSON.stringify([{ web_url: "https://x", state: "merged", sha: A, ...keys }]);
    expect(glab.parse(text)).toEqual([{ url: "https://x", state: "merged", headSha: A, landing }]);
  });

  it("is none when it is no list", () => {
    for (const text of ["{}", "No open pull requests", "[1"])
      expect([gh.parse(text), glab.parse(text)]).toEqual([null, null]);
    expect([gh.parse(""), glab.parse("[]")]).toEqual([[], []]);
  });
});

it("what stands in a title or a body is never an option", () => {
  const request = { branch: "kanband/a", base: "main", title: "--web", body: "-x" };
  expect(gh.create(request, null)).toContain("--title=--web");
  expect(glab.create(request, null)).toContain("--description=-x");
});
