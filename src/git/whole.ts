import { createHash } from "node:crypto";
import type { ObjectFormat } from "./repository.ts";

/** Whether this can be git's own `packed-refs`: it always begins with its header and ends with a line. */
export function isPackedRefsWhole(text: string): boolean {
  if (!text.startsWith("# pack-refs") || !text.endsWith("\n")) return false;
  return text
    .slice(0, -1)
    .split("\n")
    .every((line) => /^(?:#.*|\^[0-9a-f]{40,64}|[0-9a-f]{40,64} refs\/\S+)$/.test(line));
}

/** Whether git can read this as a ref or a HEAD: an id, whatever follows it, or the name of another ref and nothing else. */
export function isRefFileWhole(text: string): boolean {
  return /^[0-9a-f]{40,64}(?:\s|$)/.test(text) || /^ref:\s*refs\/\S+\s*$/.test(text);
}

/** Whether a file of settings has no line over which every command of git would stumble. */
export function isConfigWhole(text: string): boolean {
  let isInSection = false;
  const lines = text
    .replace(/^\uFEFF/, "")
    .replaceAll("\\\n", "")
    .split(/\r?\n/);
  return lines.every((line) => {
    if (/^\s*(?:[#;].*)?$/.test(line)) return true;
    const rest = line.replace(/^\s*\[\s*[A-Za-z0-9.-]+\s*(?:"(?:[^"\\]|\\.)*")?\s*\]\s*/, "");
    isInSection ||= rest !== line;
    return isInSection && /^(?:[#;].*|\s*[A-Za-z][A-Za-z0-9-]*\s*(?:[=#;].*)?)?$/.test(rest);
  });
}

const LAST_VERSION = 4;

/** Whether this is an index that nobody cut or wrote into: its checksum fits, where it has one. */
export function isIndexWhole(bytes: Buffer, format: ObjectFormat): boolean {
  const end = bytes.length - (format === "sha1" ? 20 : 32);
  if (end < 12 || bytes.toString("latin1", 0, 4) !== "DIRC") return false;
  const version = bytes.readUInt32BE(4);
  if (version < 2 || version > LAST_VERSION) return false;
  const sum = bytes.subarray(end);
  // `index.skipHash` leaves it out.
  return sum.every((it) => it === 0) || createHash(format).update(bytes.subarray(0, end)).digest().equals(sum);
}
