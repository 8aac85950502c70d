import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { someToday } from "../../helpers/today.ts";
import { launchAcp } from "./acp-client.ts";

// What real agents said, played to the real client: its account is what the adapter is tested with (`-u` with
// KANBAND_ALL_POINTS=1 writes it anew).

const RECORDINGS = new URL("../../fixtures/acp/", import.meta.url).pathname;
const ACCOUNTS = new URL("../../fixtures/agents/acp/", import.meta.url).pathname;

const folder = mkdtempSync(join(tmpdir(), "kanband-acp-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the account of a recorded conversation", () => {
  const names = readdirSync(RECORDINGS).filter((it) => it.endsWith(".jsonl"));

  it("is there for six agents, with a task, without a login, and on going on", () => {
    expect(names.filter((it) => /-(tools|auth401|load)\.jsonl$/.test(it)).length).toBeGreaterThanOrEqual(17);
  });

  it.each(someToday(names, 2))("%s", async (name) => {
    const path = join(RECORDINGS, name);
    const resume = /"session\/load","params":\{"sessionId":"([^"]+)"/.exec(readFileSync(path, "utf8"))?.[1] ?? null;
    const { file, args, env, stdin } = launchAcp(["replay.mjs", path], { resume });
    const { stdout, stderr, exitCode } = await execa(file, args, { cwd: folder, env, input: stdin, reject: false });
    const account = stdout.split("\n").filter((line) => line !== '{"acp":"alive"}');
    const end = { exit: exitCode ?? null, signal: null, stderr };
    await expect([JSON.stringify({ end }), ...account, ""].join("\n")).toMatchFileSnapshot(join(ACCOUNTS, name));
  });
});
