import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { eventually, runCli, startCli } from "../../helpers/run-cli.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

/** A task that adds a line, accepted, and whoever has the file of it open. */
async function setUp() {
  const { root, git } = await boardRepo({ "board/planned/a.md": shellTask("echo b >> code.txt") });
  await runCli(root, ["up", "--until-idle"]);
  await runCli(root, ["accept", "a"]);
  const path = join(root, "code.txt");
  const textOf = (): string => readFileSync(path, "utf8");
  /** Opens the file, waits until it is replaced, and writes into it a while later. */
  const writeLate = async (replacedBy: string, afterMs: number): Promise<void> => {
    const editor = openSync(path, "a");
    await eventually("the file is replaced", () => textOf() === replacedBy);
    await sleep(afterMs);
    writeSync(editor, "mine\n");
    closeSync(editor);
  };
  return { root, git, textOf, writeLate };
}

describe("what an editor writes into a file that a merge has replaced", () => {
  it("is put back by who ends right after it, a daemon or `kanband undo`", async () => {
    const { root, git, textOf, writeLate } = await setUp();
    await Promise.all([runCli(root, ["up", "--until-idle"]), writeLate("one\nb\n", 600)]);
    expect(textOf()).toBe("one\nmine\n");

    await git("checkout", "--quiet", "code.txt");
    const [{ stdout }] = await Promise.all([runCli(root, ["undo", "a"]), writeLate("one\n", 300)]);
    expect(textOf()).toBe("one\nb\nmine\n");
    expect(stdout).toContain("code.txt: what was written into a file while a merge replaced it is in its place again");
  });

  it("is put back by a daemon that goes on, after some seconds", async () => {
    const { root, textOf, writeLate } = await setUp();
    const daemon = startCli(root, ["up"]);
    await writeLate("one\nb\n", 0);
    const startedAt = Date.now();
    await eventually("it is back", () => textOf() === "one\nmine\n");
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    daemon.kill("SIGTERM");
    await daemon.ended;
  });
});
