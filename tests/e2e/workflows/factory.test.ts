import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import type { Session } from "../../../src/board/session.ts";
import { parseSession } from "../../../src/board/session-file.ts";
import { expectSound, inLane, settled, soon, status } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(0, 3);

const AGENT = join(import.meta.dirname, "../../fixtures/agents/plays-factory.sh");
const SETTINGS = `slots: 4
default_workflow: factory
sandbox: none
agent: player
agents: { player: { command: [${AGENT}] } }
tools: { files: { command: [ls] }, quiet: { command: ["true"] } }
grace: 1s
retry: { limit: 0 }
`;

async function factoryBoard(): Promise<LiveBoard> {
  const board = await liveBoard({ settings: SETTINGS });
  board.write("docs/guide.md", "# Guide\n\nHow you do it.\n");
  await board.git("add", "docs");
  await board.git("commit", "--quiet", "--message", "Write the guide");
  return board;
}

function played(board: LiveBoard): string[] {
  const path = join(board.root, ".git/played");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

function sessionOf(board: LiveBoard, id: string, name: string): Session {
  const path = `sessions/${id}/${name}`;
  const { session } = parseSession(path, id, Buffer.from(board.read(path)));
  if (session === null) throw new Error(`${path} cannot be read`);
  return session;
}

function overlaps(sessions: readonly Session[]): boolean {
  const begun = Math.max(...sessions.map(({ startedAt }) => startedAt ?? Number.POSITIVE_INFINITY));
  return begun < Math.min(...sessions.map(({ finishedAt }) => finishedAt ?? 0));
}

describe("the factory", () => {
  it("plans at once, waits for a yes, builds, reviews at once, mends one finding, and ends clean with every file", async () => {
    const board = await factoryBoard();
    await board.start();
    board.write("board/planned/change.md", "# Add an API\n\n- it answers\n");

    const waiting = await soon(board, "it waits for approval", async () => {
      return (await status(board)).tasks
        .find(({ id }) => id === "change")
        ?.waiting?.match(/approved: <who> <when> ([0-9a-f]{12})/);
    });
    expect(board.lane("change")).toBe("doing");
    expect(
      played(board)
        .map((it) => it.split(" ")[0])
        .toSorted(),
    ).toEqual(["architect", "dispatcher", "planner", "risk_assessor", "router", "triage"].toSorted());
    // Nobody has changed anything yet, and a yes to something else is no yes.
    expect(await board.git("branch", "--list", "kanband/*")).toBe("");
    const text = board.read("board/doing/change.md");
    board.write("board/doing/change.md", text.replace(/^---\n/, "---\napproved: me 2026-11-21 000000000000\n"));
    await soon(board, "the wrong yes is seen", async () => {
      return (await status(board)).tasks
        .find(({ id }) => id === "change")
        ?.waiting?.includes("changed after its approval");
    });
    board.write("board/doing/change.md", board.read("board/doing/change.md").replace("000000000000", waiting[1] ?? ""));
    await inLane(board, "change", "for_review");
    await settled(board);

    const files = (await board.git("ls-files", "sessions/change"))
      .split("\n")
      .map((it) => it.slice("sessions/change/".length));
    expect(files).toEqual(
      [
        "build/api.md",
        "build/ci.md",
        "checks.md",
        "context.md",
        "cost.md",
        "decisions.md",
        "design.md",
        "dispatch.md",
        "findings/cold.md",
        "findings/in-context.md",
        "findings/reconciled.md",
        "risk.md",
        "routing.md",
        "scope.md",
        "security.md",
        "tasks/01-handle-an-empty-list.md",
        "triage.md",
      ].toSorted(),
    );
    expect(overlaps(["scope.md", "design.md", "risk.md"].map((it) => sessionOf(board, "change", it)))).toBe(true);
    const reviews = ["findings/cold.md", "findings/in-context.md", "security.md", "cost.md"];
    expect(overlaps(reviews.map((it) => sessionOf(board, "change", it)))).toBe(true);
    // Only the step whose files the finding names was done again, and then everything that looks at them.
    expect(sessionOf(board, "change", "build/api.md")).toMatchObject({ attempt: 2, reworks: 1, state: "done" });
    expect(sessionOf(board, "change", "build/ci.md")).toMatchObject({ attempt: 1, state: "done" });
    const reconciled = sessionOf(board, "change", "findings/reconciled.md");
    expect(reconciled).toMatchObject({
      attempt: 2,
      verdict: "clean",
      commitSha: await board.git("rev-parse", "kanband/change"),
    });
    expect(await board.git("show", "kanband/change:src/api.txt")).toBe("line\nline");
    expect(board.read("sessions/change/tasks/01-handle-an-empty-list.md")).toContain("# Handle an empty list");
    // A cold reader cannot open the rationale; the others can.
    const cold = played(board).filter((it) => it.startsWith("pr_reviewer "));
    expect(cold).toHaveLength(4);
    expect(cold.filter((it) => it.includes("design.md"))).toHaveLength(2);
    expect(cold.filter((it) => /context|scope|design|decisions/.test(it))).toHaveLength(2);
    expect(board.read("board/for_review/change.md")).toMatch(/^spent_usd: 0\.19$/m);

    board.mv("change", "done");
    await soon(
      board,
      "it is merged",
      async () => (await board.git("show", "main:ci/build.txt").catch(() => "")) === "line",
    );
    await expectSound(board);
  });

  it("answers what needs no factory with a tool, a document, or one persona, and asks no router where the person chose", async () => {
    const board = await factoryBoard();
    await board.start();
    board.write("board/planned/tool.md", "# list the files\n");
    board.write("board/planned/document.md", "# how do I do it\n");
    board.write("board/planned/single.md", "# is it slow\n");
    board.write("board/planned/named.md", "---\npersona: sre\n---\n# Look at it\n");
    board.write("board/planned/quiet.md", "# look for nothing\n");
    for (const id of ["tool", "quiet", "document", "single", "named"]) await inLane(board, id, "for_review");
    await settled(board);

    expect(board.read("sessions/quiet/tool.md")).toContain("---\n\nIt succeeded and printed nothing.\n");
    expect(board.read("sessions/tool/tool.md")).toContain("---\n\napp.txt\n");
    expect(board.read("sessions/document/document.md")).toContain("How you do it.");
    expect(sessionOf(board, "single", "single.md")).toMatchObject({ persona: "sre", state: "done" });
    expect(
      played(board)
        .map((it) => it.split(" ")[0])
        .toSorted(),
    ).toEqual(["router", "router", "router", "router", "sre", "sre"]);
    await expectSound(board);
  });
});
