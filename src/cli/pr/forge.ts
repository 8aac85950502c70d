/** Where a repository is on a forge: `github.com`, `acme/app`. */
export type ForgePlace = { host: string; path: string };

/** A pull request, or what the forge calls so. `headSha`: the tip of the branch that it speaks of. */
export type Request = {
  url: string;
  state: "open" | "merged" | "closed";
  headSha: string | null;
  /** The commit that holds its work on the base; null: not merged. */
  landing: string | null;
};

export type NewRequest = { branch: string; base: string; title: string; body: string };

/** The program of a forge, as data: what it is called with, and what it answers. `place` null: it finds out itself. */
export type Forge = {
  id: "gh" | "glab";
  /** Whether the host of a remote is one of this forge by its name. */
  isHost(host: string): boolean;
  /** Lists the requests of a branch, of any state. */
  list(branch: string, place: ForgePlace | null): readonly string[];
  /** Reads what `list` printed; null: it is no such answer. */
  parse(text: string): Request[] | null;
  create(request: NewRequest, place: ForgePlace | null): readonly string[];
  /** Where a person opens one by hand. */
  formUrl(place: ForgePlace, it: { branch: string; base: string }): string;
};

/** Where the URL of a remote points, in any of the forms that git knows; null for a path, or what is none. */
export function placeOfUrl(url: string): ForgePlace | null {
  const whole = /^(?:https?|ssh|git):\/\/(?:[^/@]*@)?([^/:]+)(?::\d+)?\/(.+)$/.exec(url);
  const [, host, path] = whole ?? /^(?:[^/@:]+@)?([^/:@]+\.[^/:@]+):(?!\/\/)(.+)$/.exec(url) ?? [];
  if (host === undefined || path === undefined) return null;
  const trimmed = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return /^[\w.-]+(?:\/[\w.-]+)+$/.test(trimmed) ? { host: host.toLowerCase(), path: trimmed } : null;
}

/** The list in a JSON text; null: it is none. */
export function listOf(text: string): Record<string, unknown>[] | null {
  try {
    const value: unknown = JSON.parse(text.trim() === "" ? "[]" : text);
    return Array.isArray(value) ? value.filter((it) => typeof it === "object" && it !== null) : null;
  } catch {
    return null;
  }
}

/** A commit id in an answer; null for anything else. */
export function shaIn(value: unknown): string | null {
  return typeof value === "string" && /^[0-9a-f]{40,64}$/.test(value) ? value : null;
}
