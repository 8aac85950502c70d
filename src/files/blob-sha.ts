import { createHash } from "node:crypto";

/** The id git gives to these bytes as a blob. */
export function blobSha(bytes: Uint8Array, format: "sha1" | "sha256" = "sha1"): string {
  return createHash(format).update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** The object format that a blob id is of. */
export function formatOf(sha: string): "sha1" | "sha256" {
  return sha.length === 64 ? "sha256" : "sha1";
}
