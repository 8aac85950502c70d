import type { Handle } from "../board/read-handles.ts";
import { quoteForShell } from "./quote-for-shell.ts";

/**
 * A command that is run because a claim needs it. `undecided`: it may end in other ways than with `expect` or 1, and these
 * say nothing about the claim.
 */
export type AskedCommand = { what: string; command: string; expect: number; undecided: boolean };

/** A command that the agent names, with the exit code that it claims. */
export function commandAsked({ command, exit }: Extract<Handle, { kind: "command" }>): AskedCommand {
  return { what: `\`${command}\` exits with ${exit}`, command, expect: exit, undecided: false };
}

/**
 * A request for a URL, one and no other: as it is read here it is asked, no redirect is followed, nothing is sent along, and its
 * answer is not kept.
 */
export function urlAsked({ url, status }: Extract<Handle, { kind: "url" }>): AskedCommand {
  const asked = URL.canParse(url) ? new URL(url).href : url;
  const curl = `curl -q -sS --globoff -o /dev/null -m 30 --max-redirs 0 --proto '=http,https' -w '%{http_code}' -- ${quoteForShell(asked)}`;
  const command = `code=$(${curl}) || exit 75; echo "status $code"; [ "$code" = ${status} ]`;
  return { what: `${url} answers with ${status}`, command, expect: 0, undecided: true };
}
