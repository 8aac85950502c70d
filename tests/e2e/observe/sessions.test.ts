import { appendFileSync, mkdirSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatSession } from "../../../src/board/session-file.ts";
import { sessionOf } from "../../helpers/board-builder.ts";
import { changesOf, type ObservedBoard, observedBoard } from "./observed-board.ts";

const DONE = formatSession(sessionOf("a"), "Done.", []);
const RUNNING = formatSession(sessionOf("a", { state: "running", runId: "a.1" }), "", []);

it("reads the sessions of tasks that somebody needs, and commits what is not committed", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n", "sessions/a/engineer.md": DONE });
  board.write({ "sessions/a/findings/cold.md": formatSession(sessionOf("a", { step: "cold" }), "Fine.", []) });
  board.write({ "sessions/a/context.md": "# Context\n", "sessions/a/.hidden.md": "x" });
  board.write({ "sessions/a/decisions.md": "# Decisions\n", "sessions/a/tasks/01-mend.md": "# Mend\n" });

  const snapshot = await board.look();

  const sessions = snapshot.sessions.get("a") ?? [];
  expect(sessions.map(({ path, step, state }) => [path, step, state])).toEqual([
    ["sessions/a/engineer.md", "work", "done"],
    ["sessions/a/findings/cold.md", "cold", "done"],
  ]);
  const message = board.at(".git/message");
  writeFileSync(message, "Done.");
  expect(sessions[0]?.messageSha).toBe(await board.git("hash-object", message));
  expect(changesOf(snapshot)).toEqual([
    "sessions/a/context.md new",
    "sessions/a/decisions.md new",
    "sessions/a/findings/cold.md new",
    "sessions/a/tasks/01-mend.md new",
  ]);
  expect(snapshot.findings).toEqual([]);
});

it("leaves the session file of a recorded run alone until the run is collected", async () => {
  const board = await observedBoard({ "board/doing/a.md": "---\nassigned: A\n---\n" });
  await board.look();
  recordRun(board, "a.1", { sessionPath: "sessions/a/engineer.md" });
  board.write({ "sessions/a/engineer.md": RUNNING });

  const running = await board.look("nothing/else");
  expect(running.sessions.get("a")?.[0]).toMatchObject({ state: "running", runId: "a.1" });
  expect(changesOf(running)).toEqual([]);

  appendFileSync(board.at("sessions/a/engineer.md"), `- ${"é".repeat(150)}\n`.repeat(1_000));
  const grown = await board.look("nothing/else");
  expect(grown.sessions.get("a")?.[0]?.state).toBe("running");
  expect(grown.findings).toEqual([]);
  expect(changesOf(grown)).toEqual([]);

  writeFileSync(board.at("sessions/a/engineer.md"), DONE);
  rmSync(join(board.board.runtimeDir, "runs/a.1"), { recursive: true });
  const collected = await board.look("nothing/else");
  expect(collected.sessions.get("a")?.[0]?.state).toBe("done");
  expect(changesOf(collected)).toEqual(["sessions/a/engineer.md new"]);
});

it("sees what a job wrote in the look after its end", async () => {
  const board = await observedBoard({ "board/for_review/a.md": "# A\n" });
  await board.look();
  const jobs = [{ kind: "check", taskId: "a", slot: null, problem: null, retryAt: null }];
  await board.observer.observe({ paths: new Set() }, { jobs, isDraining: false });
  board.write({ "sessions/a/checks.md": formatSession(sessionOf("a", { step: "checks" }), "Clean.", []) });

  const snapshot = await board.look("nothing/else");

  expect(snapshot.sessions.get("a")?.[0]?.step).toBe("checks");
});

it("shows a session file that a person broke, and goes on", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n", "sessions/a/engineer.md": "---\nstate: [\n---\n" });

  const snapshot = await board.look();

  expect(snapshot.sessions.get("a")).toBeUndefined();
  expect(snapshot.findings).toMatchObject([{ path: "sessions/a/engineer.md", severity: "error" }]);
});

it("believes in the removal of session files after two looks", async () => {
  const board = await observedBoard({
    "board/doing/a.md": "# A\n",
    "sessions/a/engineer.md": DONE,
    "sessions/gone/engineer.md": DONE,
  });
  await board.look();
  unlinkSync(board.at("sessions/a/engineer.md"));
  rmSync(board.at("sessions/gone"), { recursive: true });

  const first = await board.look();
  board.later(200);
  const second = await board.look();

  expect(changesOf(first)).toEqual([]);
  expect(changesOf(second)).toEqual(["sessions/a/engineer.md removed", "sessions/gone/engineer.md removed"]);
});

it("compares again with what others committed", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n", "sessions/a/engineer.md": DONE });
  await board.look();
  board.write({ "sessions/a/engineer.md": `${DONE}- by hand\n` });
  expect(changesOf(await board.look("sessions/a/engineer.md"))).toEqual(["sessions/a/engineer.md edited"]);

  await board.git("commit", "-qam", "By hand");
  board.later(1_000);

  expect(changesOf(await board.look("nothing/else"))).toEqual([]);
});

it("takes sessions that cannot be listed for unknown, not for none", async () => {
  const board = await observedBoard({ "board/doing/a.md": "# A\n", "sessions/a/engineer.md": DONE });
  await board.look();
  rmSync(board.at("sessions"), { recursive: true });
  writeFileSync(board.at("sessions"), "a file");

  const snapshot = await board.look();

  expect(snapshot.repo.state).toBe("missing");
  expect(snapshot.repo.detail).toContain("sessions/");
});

function recordRun({ board }: ObservedBoard, runId: string, record: Record<string, unknown>): void {
  const dir = join(board.runtimeDir, "runs", runId);
  mkdirSync(dir, { recursive: true });
  const facts = { taskId: "a", kind: "step", step: "work", attempt: 1, slot: "A", caps: {}, ...record };
  const started = {
    runId,
    startedAt: 0,
    bootId: "b",
    host: "h",
    cwd: "/",
    limits: { wallMs: null, outputBytes: 1 },
    record: facts,
  };
  writeFileSync(join(dir, "record.json"), JSON.stringify(started));
}
