import type { Finding } from "../../board/finding.ts";
import { safe } from "../status/words.ts";

/**
 * A finding as a workflow command of GitHub Actions, which shows it beside the line of the file. `path` is relative to the
 * top of the repository.
 */
export function annotate({ line, severity, code, message, hint }: Finding, path: string): string {
  const properties = [`file=${property(path)}`, `line=${line ?? 1}`, `title=${property(code)}`];
  const text = hint === null ? safe(message) : `${safe(message)}\n${safe(hint)}`;
  return `::${severity} ${properties.join(",")}::${data(text)}`;
}

// What GitHub takes apart has to be written in other words: in a text, and in a property two characters more.
function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
