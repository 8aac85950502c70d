import { readFrontMatter } from "./front-matter.ts";
import { codeBlocks } from "./markdown.ts";

const LINE =
  /^[ \t]*(?:[-*>][ \t]+)?[*_]{0,2}verdict[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*[*_`"']{0,2}([a-z][a-z0-9_-]*)[*_`"']{0,2}[.,;]?[ \t]*$/gim;

/**
 * The verdict a message gives, in lower case: from its own front matter, else from a fenced block that holds `verdict: x`,
 * else from a line of its own. Of several the last counts. Null when there is none.
 */
export function verdictOf(message: string): string | null {
  const { data } = readFrontMatter("", new TextEncoder().encode(message.trimStart()), { isBodyData: true });
  const own = data?.["verdict"];
  if (typeof own === "string" && /^[\w-]+$/.test(own)) return own.toLowerCase();
  const fenced = codeBlocks(message).map(({ code }) => code);
  return lastVerdict(fenced.join("\n")) ?? lastVerdict(message);
}

function lastVerdict(text: string): string | null {
  return [...text.matchAll(LINE)].at(-1)?.[1]?.toLowerCase() ?? null;
}
