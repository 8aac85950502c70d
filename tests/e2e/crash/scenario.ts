import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Lane } from "../../../src/board/lane.ts";
import { shellTask } from "../../helpers/live-board.ts";
import { laneFiles } from "./read-world.ts";

/** What a person does once, when its time has come; done again and again until it answers true. */
export type Act = { name: string; tryIt: (root: string) => boolean };

export type Scenario = {
  settings: string;
  /** Tasks by id, all in planned/ at first. */
  tasks: Readonly<Record<string, string>>;
  /** The lane in which each task ends. */
  ends: Readonly<Record<string, Lane>>;
  /** A new person: acts may remember things, such as an open file. */
  acts: () => Act[];
};

/** Every run writes down here that it started: relative to its worktree, outside of what git knows. */
const JOURNAL = "../../journal";
export const JOURNAL_PATH = ".kanband/journal";

const TASKS = {
  accept: task("echo two >> src/app.txt\nseq 1 5", 'priority: urgent\nverify: ["grep -q two src/app.txt"]\n'),
  conflict: task(
    "if grep -q '<<<' src/app.txt; then echo both > src/app.txt; else echo mine > src/app.txt; fi",
    "priority: urgent\n",
  ),
  rework: task("if [ -e tried ]; then echo ok > fixed; fi\necho x >> tried", 'verify: ["test -e fixed"]\n'),
  retry: task("if first; then echo half > half.txt; exit 1; fi\necho whole > whole.txt"),
  long: task(`trap '' TERM\necho half > half.txt\necho "half $KANBAND_TASK" >> ${JOURNAL}\nsleep 60`),
  late: task("echo late > late.txt"),
  twin: task("echo twin > twin.txt"),
  tamper: task("if first; then git update-ref refs/heads/evil HEAD; fi\necho done > tamper.txt"),
  nobase: task("echo never", "base: nowhere\n"),
};

/**
 * A day on a small board: work accepted and merged, a conflict that is mended, checks that fail once, an agent that fails
 * once, one that a person stops, one that moves a ref that is not its own, a task that cannot start, an editor that saves
 * into a file that was replaced, and one that saves an old version to the old place.
 */
export const MAIN: Scenario = {
  settings: [
    "slots: 3",
    "agent: shell",
    "grace: 300ms",
    "retry: { limit: 2, base: 100ms, max: 1s }",
    'worktree: { copy: [".env"], setup: ["echo ready"], pool: 1 }',
  ].join("\n"),
  tasks: TASKS,
  ends: {
    accept: "done",
    conflict: "done",
    rework: "for_review",
    retry: "for_review",
    long: "backlog",
    late: "for_review",
    twin: "for_review",
    tamper: "for_review",
    nobase: "blocked",
  },
  acts: () => [
    moves(
      "accept one",
      "accept",
      "done",
      (root) => isIn(root, "accept", "for_review") && isIn(root, "conflict", "for_review"),
    ),
    moves(
      "accept the other",
      "conflict",
      "done",
      (root) => isMerged(root, "accept") && isIn(root, "conflict", "for_review"),
    ),
    moves("accept the mended", "conflict", "done", (root) => {
      return isIn(root, "conflict", "for_review") && /^attempt: 2$/m.test(read(root, "sessions/conflict/engineer.md"));
    }),
    moves(
      "stop",
      "long",
      "backlog",
      (root) => isIn(root, "long", "doing") && /^half long$/m.test(read(root, JOURNAL_PATH)),
    ),
    savesLate("late"),
    savesOld("twin"),
  ],
};

/** A morning of it: one that is merged, one that fails once, one into which an editor saves late. */
export const MORNING: Scenario = {
  settings: MAIN.settings,
  tasks: { accept: TASKS.accept, retry: TASKS.retry, late: TASKS.late },
  ends: { accept: "done", retry: "for_review", late: "for_review" },
  acts: () => [moves("accept one", "accept", "done", (root) => isIn(root, "accept", "for_review")), savesLate("late")],
};

/** Three tasks that fail in the same way: the board pauses itself. */
export const BREAKER: Scenario = {
  settings: "slots: 2\nagent: shell\nretry: { limit: 0, base: 100ms, max: 1s }",
  tasks: { one: task("exit 7"), two: task("exit 7"), three: task("exit 7") },
  ends: { one: "blocked", two: "blocked", three: "blocked" },
  acts: () => [],
};

function task(script: string, keys = ""): string {
  const first = `first() { [ "$(grep -c "^start $KANBAND_TASK " ${JOURNAL})" = 1 ]; }`;
  return shellTask(`echo "start $KANBAND_TASK $KANBAND_RUN" >> ${JOURNAL}\n${first}\n${script}`, keys);
}

function moves(name: string, id: string, to: Lane, isDue: (root: string) => boolean): Act {
  let isDone = false;
  return {
    name,
    tryIt(root) {
      const from = laneFiles(root, id)[0];
      if (!isDone && from !== undefined && isDue(root)) {
        renameSync(join(root, from), join(root, "board", to, `${id}.md`));
        isDone = true;
      }
      return isDone;
    },
  };
}

/** An editor that has the file open from the beginning, and saves into it after the daemon has replaced it. */
function savesLate(id: string): Act {
  let descriptor: number | null = null;
  let isDone = false;
  return {
    name: `save ${id} late`,
    tryIt(root) {
      const path = join(root, `board/planned/${id}.md`);
      if (isDone) return true;
      if (descriptor === null) {
        descriptor = openSync(path, "r+");
        return false;
      }
      if (existsSync(path) || !existsSync(join(root, `board/doing/${id}.md`))) return false;
      const text = Buffer.from(`${MAIN.tasks[id]}\nTyped late.\n`);
      writeSync(descriptor, text, 0, text.length, 0);
      closeSync(descriptor);
      isDone = true;
      return true;
    },
  };
}

/** An editor that saves what it read at the beginning to the place where it read it. */
function savesOld(id: string): Act {
  let isDone = false;
  return {
    name: `save ${id} to its old place`,
    tryIt(root) {
      const path = join(root, `board/planned/${id}.md`);
      const isElsewhere = !existsSync(path) && isIn(root, id, "for_review");
      if (!isDone && isElsewhere) {
        writeFileSync(path, MAIN.tasks[id] ?? "");
        isDone = true;
      }
      return isDone;
    },
  };
}

function isIn(root: string, id: string, lane: Lane): boolean {
  return laneFiles(root, id).join() === `board/${lane}/${id}.md`;
}

function isMerged(root: string, id: string): boolean {
  return isIn(root, id, "done") && !/^branch:/m.test(read(root, `board/done/${id}.md`));
}

function read(root: string, path: string): string {
  return existsSync(join(root, path)) ? readFileSync(join(root, path), "utf8") : "";
}
