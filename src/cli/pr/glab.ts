import { type Forge, type ForgePlace, listOf, type Request, shaIn } from "./forge.ts";

/** GitLab, by its program `glab`. */
export const glab: Forge = {
  id: "glab",
  isHost: (host) => host.includes("gitlab"),
  list: (branch, place) => ["mr", "list", ...at(place), "--source-branch", branch, "--all", "--output", "json"],
  parse: (text) =>
    listOf(text)?.flatMap((it): Request[] => {
      const { web_url: url, state, sha } = it as Partial<Record<string, unknown>>;
      if (typeof url !== "string") return [];
      const known = state === "merged" ? "merged" : state === "closed" ? "closed" : "open";
      // Merged without a commit of its own, it is there as it was.
      const landing = shaIn(it["merge_commit_sha"]) ?? shaIn(it["squash_commit_sha"]) ?? shaIn(sha);
      return [{ url, state: known, headSha: shaIn(sha), landing: known === "merged" ? landing : null }];
    }) ?? null,
  // Title and description as one word each: none of them is ever taken for an option.
  create: ({ branch, base, title, body }, place) =>
    ["mr", "create", ...at(place), "--source-branch", branch, "--target-branch", base].concat(
      `--title=${title}`,
      `--description=${body}`,
      "--yes",
    ),
  formUrl: ({ host, path }, { branch, base }) => {
    const query = { "merge_request[source_branch]": branch, "merge_request[target_branch]": base };
    return `https://${host}/${path}/-/merge_requests/new?${new URLSearchParams(query).toString()}`;
  },
};

function at(place: ForgePlace | null): readonly string[] {
  return place === null ? [] : ["--repo", `https://${place.host}/${place.path}`];
}
