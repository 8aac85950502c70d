import { lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Identity, isAlive, ownIdentity, ownMachine } from "../process/identity.ts";

/** Writes down beside what we hold or make that it is ours, for whoever finds it after a kill. */
export function writeOwner(path: string, more: object = {}): void {
  writeFileSync(path, JSON.stringify({ ...more, owner: ownIdentity() }));
}

/**
 * What became of whoever wrote this: `us`, `alive`, or `dead`, which they count for where nothing tells. `unseen`: on another host,
 * where nobody here can look.
 */
export function stateOfOwner(path: string): "us" | "alive" | "dead" | "unseen" {
  const owner = readOwner(path);
  if (owner === null) return "dead";
  if (owner.host !== ownMachine().host) return "unseen";
  if (!isAlive(owner)) return "dead";
  return owner.pid === process.pid ? "us" : "alive";
}

/**
 * Whether what lasts for milliseconds, noted in this file, is far too old to be anybody's. One who cannot be seen is dead then: a
 * container that was made anew has another host name. With a shared disk, clocks must not be a minute apart.
 */
export function isLongOver(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > FAR_TOO_LONG_MS;
}

const FAR_TOO_LONG_MS = 60_000;

/** It is nobody's any more. */
export function removeOwner(path: string): void {
  rmSync(path, { force: true });
}

function readOwner(path: string): Identity | null {
  try {
    const { owner } = JSON.parse(readFileSync(path, "utf8")) as { owner?: Partial<Identity> };
    const isWhole = typeof owner?.pid === "number" && typeof owner.host === "string";
    return isWhole ? (owner as Identity) : null;
  } catch {
    return null;
  }
}
