import type { CheckClaim } from "../board/check-claim.ts";
import { type Handle, readHandles } from "../board/read-handles.ts";
import { type AskedCommand, commandAsked, urlAsked } from "./asked-commands.ts";
import { inconclusive } from "./claim-of.ts";
import { branchClaim, commitClaim } from "./commit-handle.ts";
import { fileClaim } from "./file-handle.ts";
import type { World } from "./world.ts";

/** `asked`: commands that are to be run, after those of `verify`, to look at the rest. */
export type HandleClaims = { claims: readonly CheckClaim[]; asked: readonly AskedCommand[] };

/**
 * Looks at what the message of a run names: files, commits and branches in git at once, commands and URLs by what is to be
 * run. Only commands that the board or the task runs anyway, or that `checks.commands` allows, and hosts of `checks.hosts`.
 */
export async function checkHandles(
  world: World,
  it: { message: string; tip: string; from: readonly string[]; verify: readonly string[] },
): Promise<HandleClaims> {
  const claims: CheckClaim[] = [];
  const asked: AskedCommand[] = [];
  for (const handle of readHandles(it.message)) {
    const found = await look(world, handle, it);
    if ("verdict" in found) claims.push(found);
    else asked.push(found);
  }
  return { claims, asked };
}

async function look(
  world: World,
  handle: Handle,
  it: { tip: string; from: readonly string[]; verify: readonly string[] },
): Promise<CheckClaim | AskedCommand> {
  const { hosts, commands } = world.settings().checks;
  switch (handle.kind) {
    case "file":
      return await fileClaim(world, handle, it.tip);
    case "commit":
      return await commitClaim(world, handle, it);
    case "branch":
      return await branchClaim(world, handle);
    case "command": {
      const isAllowed = [...it.verify, ...commands].includes(handle.command);
      return isAllowed ? commandAsked(handle) : inconclusive(commandAsked(handle).what, NOT_RUN);
    }
    case "url":
      return isHostOf(handle.url, hosts) ? urlAsked(handle) : inconclusive(urlAsked(handle).what, NOT_ASKED);
    case "unread":
      return inconclusive(`${handle.said} (as its message says)`, `it cannot be read: ${handle.problem}`);
  }
}

const NOT_RUN = "not run: it is neither in `verify` nor in `checks: { commands: […] }` of board/board.md";
const NOT_ASKED = "not asked: its host is not in `checks: { hosts: […] }` of board/board.md";

function isHostOf(text: string, hosts: readonly string[]): boolean {
  // What others read in another way: to some of them a backslash belongs to the name before an `@`.
  if (/[\s\\\p{Cc}]/u.test(text)) return false;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return false;
  return hosts.some((it) => {
    const [name = "", port = ""] = it.toLowerCase().split(":");
    if (port !== url.port) return false;
    return name.startsWith("*.") ? url.hostname.endsWith(name.slice(1)) : url.hostname === name;
  });
}
