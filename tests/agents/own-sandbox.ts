import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { agentBoard, TASK } from "./bench-board.ts";
import type { Cli } from "./clis.ts";
import { steps } from "./model/script.ts";
import type { ModelServer } from "./model/server.ts";

// What the sandboxes of these programs need on Linux.
const PROGRAMS = ["bwrap", "socat"];

/** `sandbox: cli`: what the model does, the program itself holds in, with nobody there to be asked. */
export function ownSandboxCase(cli: Cli, server: () => ModelServer): void {
  const problem = PROGRAMS.find((it) => spawnSync(it, ["--help"]).error !== undefined);
  if (problem !== undefined) console.log(`${cli.name}: its own sandbox is skipped, since ${problem} is not installed`);
  it.skipIf(problem !== undefined)("its own sandbox", async () => {
    // Not below the temporary folder: that one is open to some, and codex has no sandbox with a HOME there.
    const outside = mkdtempSync(join(homedir(), ".kanband-test-"));
    onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
    const command = `echo hello >> out.txt; echo evil > ${outside}/evil; echo evil > .git/evil; true`;
    server().setScript(steps({ text: "I write.", tool: cli.shell(command) }, { text: "All of it is done." }));
    const board = await agentBoard(server(), [cli], { slot: "sandbox: cli", homes: outside });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");

    expect(await board.git("show", "kanband/a:out.txt")).toBe("hello");
    expect(board.session("a")).toMatchObject({ state: "done", sandbox: "cli", toolCalls: 1 });
    expect(existsSync(join(outside, "evil"))).toBe(false);
  });
}
