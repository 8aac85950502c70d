import { describe, expect } from "vitest";
import { agentsOf, expectSound, inLane, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { liveBoard } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const AGENT = new URL("../../fixtures/acp/agent.mjs", import.meta.url).pathname;

/** Settings in which `mine` is the tiny agent of the protocol. */
function settings(...does: readonly string[]): string {
  const command = [process.execPath, AGENT, ...does].map((it) => JSON.stringify(it)).join(", ");
  return `agent: shell\nretry: { limit: 0 }\nagents:\n  mine: { use: acp, command: [${command}] }\n`;
}

describe("an agent of the Agent Client Protocol on a board", () => {
  it("does a task, and its session has its answer, its tools and what it used up", async () => {
    const board = await liveBoard({ settings: settings("asks", "edit:new.txt") });
    await board.start();
    board.write("board/planned/a.md", "---\nagent: mine/large\n---\n# Write it\n");
    await inLane(board, "a", "for_review");
    await settled(board);
    expect(await board.git("show", "kanband/a:new.txt")).toBe("");
    const session = sessionText(board, "a");
    expect(session).toMatch(/^agent: mine\/large$/m);
    expect(session).toMatch(/^conversation: s-1$/m);
    expect(session).toContain("It ran.");
    expect(session).toContain("tokens: { input: 800, output: 50, cached: 200 }");
    expect(session).toContain("$ edit: new.txt");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    await expectSound(board);
  });

  it("is ended with its children when its task is taken away", async () => {
    const board = await liveBoard({ settings: settings("ignores-cancel") });
    await board.start();
    board.write("board/planned/a.md", "---\nagent: mine\n---\n# Wait\n");
    await soon(board, "it is at work", () => sessionText(board, "a").includes("Working on it."));
    board.mv("a", "backlog");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
  });
});
