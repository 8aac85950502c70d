import type { Fingerprint, Tampering } from "./fingerprint-facts.ts";
import { changedRisks } from "./risky-config.ts";

export { type Fingerprint, fingerprint, headName, type Tampering } from "./fingerprint-facts.ts";
export { findMovedByHand } from "./moved-by-hand.ts";
export { restore } from "./restore.ts";

/**
 * What changed between two fingerprints. `allowRefs`: full names that may change, or prefixes ending in `/`. Of settings
 * only those count that make git run programs or talk to others. `watchHeads`: git directories (as in the fingerprint)
 * whose HEAD must stay; none unless named, because people check out branches at any time.
 */
export function diffFingerprint(
  before: Fingerprint,
  after: Fingerprint,
  { allowRefs, watchHeads = [] }: { allowRefs: readonly string[]; watchHeads?: readonly string[] },
): Tampering[] {
  const isAllowed = (name: string): boolean => {
    return allowRefs.some((it) => (it.endsWith("/") ? name.startsWith(it) : name === it));
  };
  const refs = changedKeys(before.refs, after.refs).filter((name) => !isAllowed(name));
  const heads = watchHeads.filter((name) => before.heads[name] !== after.heads[name]);
  const files = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])];
  return [
    ...refs.map((name) => moved("ref", name, before.refs, after.refs)),
    ...heads.map((name) => moved("head", name, before.heads, after.heads)),
    ...files.flatMap((it) => fileTampering(before, after, it)),
  ];
}

function fileTampering(before: Fingerprint, after: Fingerprint, name: string): Tampering[] {
  const [old, now] = [before.files[name], after.files[name]];
  if (!isConfig(name)) return old?.bytes !== now?.bytes || old?.mode !== now?.mode ? [{ kind: "file", name }] : [];
  if (now === undefined || old?.bytes === now.bytes) return [];
  const known = Object.keys(before.files).filter(isConfig);
  const keys = changedRisks(
    textOf(now),
    known.map((it) => textOf(before.files[it])),
  );
  return keys.length > 0 ? [{ kind: "settings", name, keys }] : [];
}

function isConfig(name: string): boolean {
  return /(?:^|\/)config(?:\.worktree)?$/.test(name);
}

function textOf(file: { bytes: string } | undefined): string {
  return Buffer.from(file?.bytes ?? "", "base64").toString("utf8");
}

function moved(
  kind: "ref" | "head",
  name: string,
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Tampering {
  return { kind, name, before: before[name] ?? null, after: after[name] ?? null };
}

function changedKeys(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]);
}
