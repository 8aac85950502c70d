import { createHash } from "node:crypto";
import type { CheckClaim } from "../board/check-claim.ts";
import type { Handle } from "../board/read-handles.ts";
import { isInside } from "../board/schema-parts.ts";
import { findPath, readBlob } from "../git/objects.ts";
import { confirmed, inconclusive, refuted } from "./claim-of.ts";
import type { World } from "./world.ts";

const MOST_BYTES = 8 * 1024 * 1024;
const SHOWN = 120;

/** Looks a file up at a commit: that it is there, what stands in its line, its checksum. */
export async function fileClaim(
  world: World,
  handle: Extract<Handle, { kind: "file" }>,
  tip: string,
): Promise<CheckClaim> {
  const { path, line, text, sha256 } = handle;
  const parts = [text === null ? "" : ` says ${quote(text)}`, sha256 === null ? "" : ` has the checksum ${sha256}`];
  const what = `\`${path}\`${line === null ? "" : `, line ${line},`}${parts.join("")}${parts.join("") === "" ? " is there" : ""}`;
  const at = `at ${tip.slice(0, 12)}`;
  if (!isInside(path)) return refuted(what, "it is no path in the repository");
  const entry = await findPath(world.codeRepo, tip, path.replace(/\/$/, ""));
  if (entry === null) return refuted(what, `there is no such file ${at}`);
  const isAboutText = line !== null || text !== null || sha256 !== null;
  if (entry.type !== "blob") {
    return isAboutText
      ? refuted(what, `it is no file ${at}, but a ${entry.type}`)
      : confirmed(what, `a ${entry.type} ${at}`);
  }
  if (!isAboutText) return confirmed(what, `blob ${entry.sha.slice(0, 12)} ${at}`);
  const bytes = (await readBlob(world.codeRepo, entry.sha)) ?? Buffer.alloc(0);
  if (bytes.length > MOST_BYTES) return inconclusive(what, `it has ${bytes.length} bytes, more than are looked at`);
  if (sha256 !== null) {
    const found = createHash("sha256").update(bytes).digest("hex");
    if (found !== sha256) return refuted(what, `its checksum ${at} is ${found}`);
  }
  return textClaim(what, { line, text }, bytes.toString("utf8").split(/\r?\n/), at);
}

function textClaim(
  what: string,
  { line, text }: { line: number | null; text: string | null },
  lines: readonly string[],
  at: string,
): CheckClaim {
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  if (line !== null && line > count) return refuted(what, `it has ${count} lines ${at}`);
  if (text === null)
    return confirmed(what, line === null ? `so it is ${at}` : `it says ${quote(lines[line - 1] ?? "")}`);
  const places = lines.flatMap((it, index) => (it.includes(text) ? [index + 1] : []));
  if (line === null ? places.length > 0 : places.includes(line)) return confirmed(what, `so it says ${at}`);
  const elsewhere = places.length === 0 ? "nowhere in it" : `in line ${places.slice(0, 5).join(", ")}`;
  const said = line === null ? "" : `it says ${quote(lines[line - 1] ?? "")}; `;
  return refuted(what, `${said}that stands ${elsewhere} ${at}`);
}

function quote(text: string): string {
  return JSON.stringify(text.trim().slice(0, SHOWN));
}
