import { KanbandError } from "../../errors.ts";
import { runCommand } from "../../process/run-command.ts";
import type { Context } from "../context.ts";
import type { Forge, ForgePlace, NewRequest, Request } from "./forge.ts";

const TIMEOUT_MS = 120_000;
const SAID_CHARACTERS = 2_000;

export type AskedForge = { forge: Forge; place: ForgePlace | null; dir: string };

/** The request that speaks of a branch: the one at `url`, else the open one, else the last; null: there is none. */
export async function findRequest(
  context: Context,
  asked: AskedForge,
  { branch, url }: { branch: string; url: string | null },
): Promise<Request | null> {
  const text = await ask(context, asked, asked.forge.list(branch, asked.place));
  const all = asked.forge.parse(text);
  if (all === null) throw failed(asked.forge, "its answer cannot be read", text);
  return all.find((it) => it.url === url) ?? all.find(({ state }) => state === "open") ?? all[0] ?? null;
}

/** Opens a request and answers its URL. Codes: FORGE_LOGIN, FORGE_FAILED. */
export async function openRequest(context: Context, asked: AskedForge, request: NewRequest): Promise<string> {
  const text = await ask(context, asked, asked.forge.create(request, asked.place));
  const url = [...text.matchAll(/https?:\/\/\S+/g)].at(-1)?.[0];
  if (url === undefined) throw failed(asked.forge, "it named no URL", text);
  return url;
}

// In the person's own environment: it is their login that the program uses. It asks nothing, since nobody would see it.
async function ask(context: Context, { forge, dir }: AskedForge, args: readonly string[]): Promise<string> {
  const set = { GH_PROMPT_DISABLED: "1", NO_PROMPT: "1", NO_COLOR: "1", GH_NO_UPDATE_NOTIFIER: "1" };
  const env = Object.entries({ ...context.env, ...set }).filter((it): it is [string, string] => it[1] !== undefined);
  const result = await runCommand({
    file: forge.id,
    args,
    cwd: dir,
    env: Object.fromEntries(env),
    stdin: "",
    timeoutMs: TIMEOUT_MS,
  });
  if (result.exitCode === 0) return result.stdout;
  const said = `${result.stderr}\n${result.stdout}`.trim();
  // `gh` has an exit code for it.
  const isLogin = result.exitCode === 4 || /auth login|not logged in|\b401\b|authentication/i.test(said);
  if (!isLogin) throw failed(forge, result.isTimedOut ? "it did not answer" : `exit code ${result.exitCode}`, said);
  const hint = `\`${forge.id} auth login\`, then the same command again.`;
  throw new KanbandError("FORGE_LOGIN", `\`${forge.id}\` is not logged in: ${shown(said)}`, { hint });
}

function failed({ id }: Forge, what: string, said: string): KanbandError {
  return new KanbandError("FORGE_FAILED", `\`${id}\` failed, ${what}: ${shown(said)}`);
}

function shown(said: string): string {
  return said.trim().slice(0, SAID_CHARACTERS) || "no message";
}
