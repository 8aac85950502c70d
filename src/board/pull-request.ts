/** What the key `pr` of a task says, as far as a person was told when it was last looked at. */
export type PullRequest = {
  url: string;
  /** The commit of the forge that brought it into the base; null: none yet. */
  landedAs: string | null;
  /** It was closed without being merged. */
  isClosed: boolean;
};

/** Reads the key: `<url>`, `<url> <commit>` or `<url> closed`. Null: there is none. */
export function parsePullRequest(text: string | null): PullRequest | null {
  const [url, mark = ""] = (text ?? "").trim().split(/\s+/);
  if (url === undefined || url === "") return null;
  const isCommit = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(mark);
  return { url, landedAs: isCommit ? mark : null, isClosed: mark === CLOSED };
}

/** The key as it is written. */
export function formatPullRequest({ url, landedAs, isClosed }: PullRequest): string {
  return [url, landedAs ?? (isClosed ? CLOSED : "")].join(" ").trim();
}

const CLOSED = "closed";
