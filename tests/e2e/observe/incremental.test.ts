import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { formatSession } from "../../../src/board/session-file.ts";
import type { Snapshot } from "../../../src/decide/snapshot.ts";
import { createObserver } from "../../../src/observe/observer.ts";
import { sessionOf } from "../../helpers/board-builder.ts";
import { fc } from "../../helpers/fast-check.ts";
import { countGit, type ObservedBoard, observedBoard } from "./observed-board.ts";

const LANES = ["backlog", "planned", "doing", "for_review", "done/2026-11", "blocked", "planned/epic"];
const IDS = ["a", "b", "c", "d", "e"];

const lane = fc.constantFrom(...LANES);
const id = fc.constantFrom(...IDS);
const text = fc.constantFrom(
  "# A\n",
  "---\nassigned: A\n---\n# A\n",
  "---\nlane: done\n---\n",
  "---\nid: b\n---\n",
  "---\nbad: [\n---\n",
  "---\ndependencies: [e, alias]\n---\n# A\n",
);

/** What people and their tools do to a board. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), lane, id, text }),
  fc.record({ kind: fc.constant("move" as const), lane, id, to: lane }),
  fc.record({ kind: fc.constant("remove" as const), lane, id }),
  fc.record({ kind: fc.constant("remove-folder" as const), lane }),
  fc.record({ kind: fc.constant("move-folder" as const), to: fc.constantFrom("planned/epic", "doing/epic") }),
  fc.record({ kind: fc.constant("session" as const), id, done: fc.boolean() }),
  fc.record({ kind: fc.constant("commit" as const) }),
  fc.record({ kind: fc.constant("reset" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

it("a hint narrows the look, never its result: always the same as a first look at everything", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const board = await observedBoard({ "board/planned/a.md": "# A\n", "board/doing/b.md": "# B\n" });
      await board.look();
      for (const it of steps) {
        const touched = await carryOut(board, it);
        // A move is heard of by halves, in either order.
        for (const path of touched) await board.look(path);
      }
      const followed = await settled(board, (...paths) =>
        board.look(...(paths.length === 0 ? ["nothing/else"] : paths)),
      );
      const observer = createObserver({ ...board.board, clock: board.now });
      const fresh = await settled(board, () => observer.observe("all", { jobs: [], isDraining: false }));

      expect(facts(followed)).toEqual(facts(fresh));
    }),
    { numRuns: 8, endOnFailure: true },
  );
});

it("a look at an idle board starts no process, however it is looked at", async () => {
  const calls = countGit();
  const board = await observedBoard({
    ...Object.fromEntries(Array.from({ length: 120 }, (_, at) => [`board/done/t${at}.md`, `# ${at}\n`])),
    "board/planned/a.md": "# A\n",
    "sessions/a/engineer.md": formatSession(sessionOf("a"), "Done.", []),
    "board/planned/twin.md": "# One\n",
    "board/doing/twin.md": "# Other\n",
  });
  await board.git("branch", "kanband/t7");
  await board.look();
  await expect.poll(async () => (await board.look()).tasks.find((it) => it.id === "a")?.enteredAt).not.toBeNull();
  const before = calls();

  await board.look();
  await board.look("board/planned/a.md", "board/doing", "board");
  board.later(60_000);
  await board.look();

  expect(before).toBeGreaterThan(0);
  expect(calls()).toBe(before);
});

/** Two looks with time between them, so that what is missing is believed to be. */
async function settled(board: ObservedBoard, look: (...paths: string[]) => Promise<Snapshot>): Promise<Snapshot> {
  await look();
  board.later(5_000);
  return await look();
}

function facts(snapshot: Snapshot): unknown {
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  return {
    repo: snapshot.repo,
    // What is known of the past differs, and only that.
    tasks: snapshot.tasks.map((it) => ({ ...it, enteredAt: null })).toSorted(byPath),
    uncommitted: [...snapshot.uncommitted].toSorted(byPath),
    sessions: [...snapshot.sessions].toSorted(),
    findings: snapshot.findings.map((it) => JSON.stringify(it)).toSorted(),
  };
}

async function carryOut(board: ObservedBoard, step: Step): Promise<string[]> {
  const path = "lane" in step ? `board/${step.lane}` : "";
  const file = "id" in step ? `${path}/${step.id}.md` : "";
  switch (step.kind) {
    case "write":
      board.write({ [file]: step.text });
      return [file];
    case "move": {
      const to = `board/${step.to}/${step.id}.md`;
      if (!existsSync(board.at(file))) return [];
      mkdirSync(dirname(board.at(to)), { recursive: true });
      renameSync(board.at(file), board.at(to));
      return step.id < "c" ? [file, to] : [to, file];
    }
    case "remove":
      rmSync(board.at(file), { force: true });
      return [file];
    case "remove-folder":
      rmSync(board.at(path), { recursive: true, force: true });
      return [path];
    case "move-folder": {
      const from = step.to === "doing/epic" ? "board/planned/epic" : "board/doing/epic";
      const to = `board/${step.to}`;
      if (!existsSync(board.at(from)) || existsSync(board.at(to))) return [];
      mkdirSync(dirname(board.at(to)), { recursive: true });
      renameSync(board.at(from), board.at(to));
      return [from, to];
    }
    case "session": {
      const session = sessionOf(step.id, { state: step.done ? "done" : "running" });
      board.write({ [`sessions/${step.id}/engineer.md`]: formatSession(session, "Said.", []) });
      return [`sessions/${step.id}/engineer.md`];
    }
    case "commit":
      await board.git("add", "--all");
      await board.git("commit", "-q", "--allow-empty", "-m", "By hand");
      return [];
    case "reset":
      await board.git("reset", "-q", "--hard");
      return ["board", "sessions", ...listFolders(board.root, "board"), ...listFolders(board.root, "sessions")];
  }
}

function listFolders(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(join(root, path)).isDirectory() ? [path, ...listFolders(root, path)] : [path];
  });
}
