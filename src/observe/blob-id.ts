import { createHash } from "node:crypto";

export type ObjectFormat = "sha1" | "sha256";

/**
 * The id that git gives to these bytes as a blob; computed here because a process for each file would cost more than reading
 * it.
 */
export function blobIdOf(bytes: Uint8Array, format: ObjectFormat): string {
  return createHash(format).update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}
