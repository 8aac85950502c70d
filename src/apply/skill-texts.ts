import { join } from "node:path";
import { splitFences } from "../board/fences.ts";
import { unportableReason } from "../board/portable-name.ts";
import { withLf } from "../board/text.ts";
import { readRegularFile } from "./board-file.ts";

/** The texts of skills, without their front matter. One that is not there is left out: `kanband check` names it. */
export function skillTexts(boardRoot: string, names: readonly string[]): { name: string; text: string }[] {
  return names.flatMap((name) => {
    if (unportableReason(name) !== null) return [];
    const bytes = readRegularFile(join(boardRoot, "personas", "skills", name, "SKILL.md"));
    if (bytes === null) return [];
    const text = withLf(bytes.toString("utf8"));
    return [{ name, text: text.slice(splitFences(text).bodyStart).trim() }];
  });
}
