import { KanbandError } from "../errors.ts";
import { createKeptOpen, type Parse } from "./kept-open.ts";
import type { GitPlace } from "./profile.ts";

export type GitObject = { sha: string; type: string; bytes: Buffer };

export type CatFile = {
  /** An object by id or full ref name; null when there is none. */
  read(name: string): Promise<GitObject | null>;
  /** Its id, type and size; null when there is none. */
  look(name: string): Promise<{ sha: string; type: string; size: number } | null>;
  close(): Promise<void>;
};

/** Reads objects through one kept-open `git cat-file`. Code: GIT_FAILED. */
export function createCatFile(place: GitPlace): CatFile {
  const process = createKeptOpen(place, ["cat-file", "--batch-command"], null);

  async function ask<T>(command: string, name: string, parse: Parse<T>): Promise<T> {
    if (/[\n\0]/.test(name)) throw new KanbandError("INTERNAL", `Not the name of an object: ${JSON.stringify(name)}`);
    const request = `${command} ${name}\n`;
    try {
      return await process.ask(request, parse);
    } catch {
      // Reading again changes nothing, so a helper that was killed costs no failure.
      return await process.ask(request, parse);
    }
  }

  return {
    read: (name) => ask("contents", name, parseContents),
    look: (name) => ask("info", name, parseHeader),
    close: () => process.close(),
  };
}

const parseContents: Parse<GitObject | null> = (bytes) => {
  const header = parseHeader(bytes);
  if ("need" in header) return header;
  if (header.value === null) return { value: null, used: header.used };
  const { sha, type, size } = header.value;
  const end = header.used + size;
  if (bytes.length < end + 1) return { need: end + 1 };
  // A copy, so that a small object does not keep a large buffer alive.
  return { value: { sha, type, bytes: Buffer.from(bytes.subarray(header.used, end)) }, used: end + 1 };
};

const parseHeader: Parse<{ sha: string; type: string; size: number } | null> = (bytes) => {
  const end = bytes.indexOf(0x0a);
  if (end < 0) return { need: bytes.length + 1 };
  const line = bytes.toString("utf8", 0, end);
  const match = /^([0-9a-f]{40,64}) ([a-z]+) (\d+)$/.exec(line);
  if (match === null) return { value: null, used: end + 1 };
  const [, sha = "", type = "", size = "0"] = match;
  return { value: { sha, type, size: Number(size) }, used: end + 1 };
};
