import { type Forge, type ForgePlace, listOf, type Request, shaIn } from "./forge.ts";

const FIELDS = "url,state,headRefOid,mergeCommit,isCrossRepository";

/** GitHub, by its program `gh`. */
export const gh: Forge = {
  id: "gh",
  isHost: (host) => host.includes("github"),
  list: (branch, place) => ["pr", "list", ...at(place), "--head", branch, "--state", "all", "--json", FIELDS],
  parse: (text) => {
    // A branch of that name in a fork is somebody else's.
    const own = listOf(text)?.filter((it) => it["isCrossRepository"] !== true);
    return (
      own?.flatMap((it): Request[] => {
        const { url, state, headRefOid, mergeCommit } = it as Partial<Record<string, unknown>>;
        if (typeof url !== "string") return [];
        const oid =
          typeof mergeCommit === "object" && mergeCommit !== null && "oid" in mergeCommit ? mergeCommit.oid : "";
        const known = state === "MERGED" ? "merged" : state === "CLOSED" ? "closed" : "open";
        return [{ url, state: known, headSha: shaIn(headRefOid), landing: known === "merged" ? shaIn(oid) : null }];
      }) ?? null
    );
  },
  // Title and body as one word each: none of them is ever taken for an option.
  create: ({ branch, base, title, body }, place) =>
    ["pr", "create", ...at(place), "--head", branch, "--base", base].concat(`--title=${title}`, `--body=${body}`),
  formUrl: ({ host, path }, { branch, base }) =>
    `https://${host}/${path}/compare/${encodeURI(base)}...${encodeURI(branch)}?expand=1`,
};

function at(place: ForgePlace | null): readonly string[] {
  return place === null ? [] : ["--repo", `${place.host}/${place.path}`];
}
