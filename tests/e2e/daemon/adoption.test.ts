import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished } from "vitest";
import { agentsOf, expectSound, inLane, numbersIn, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, shellTask } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(0, 4);

const SETTINGS = "slots: 4\nagent: shell\ngrace: 1s\nretry: { limit: 2, base: 100ms, max: 1s }\n";
const IDS = ["one", "two", "three", "four"];

/** Counts its starts, then says numbered lines until it is told to end, then five more. */
function counting(journal: string): string {
  return [
    `echo "$KANBAND_TASK" >> ${journal}/journal`,
    'echo "$KANBAND_TASK" > "$KANBAND_TASK.txt"',
    "n=0",
    `while [ ! -e ${journal}/go ]; do n=$((n + 1)); echo "line $n"; sleep 0.2; done`,
    'for i in 1 2 3 4 5; do n=$((n + 1)); echo "line $n"; done',
    `echo "$n" > ${journal}/last-$KANBAND_TASK`,
  ].join("\n");
}

async function fourRunning(): Promise<{ board: LiveBoard; kill(): Promise<void>; journal: string }> {
  const board = await liveBoard({ settings: SETTINGS });
  const journal = join(board.root, ".git");
  const daemon = await board.start();
  for (const id of IDS) board.write(`board/planned/${id}.md`, shellTask(counting(journal)));
  for (const id of IDS) {
    await soon(board, `${id} has said something`, () => numbersIn(sessionText(board, id), "line").length > 2);
  }
  return {
    board,
    journal,
    kill: async () => {
      daemon.kill("SIGKILL");
      await daemon.ended;
    },
  };
}

async function expectNothingLost(board: LiveBoard, journal: string): Promise<void> {
  for (const id of IDS) await inLane(board, id, "for_review");
  await settled(board);
  expect(readFileSync(join(journal, "journal"), "utf8").trim().split("\n").toSorted()).toEqual(IDS.toSorted());
  for (const id of IDS) {
    const last = Number(readFileSync(join(journal, `last-${id}`), "utf8"));
    expect(numbersIn(sessionText(board, id), "line")).toEqual(Array.from({ length: last }, (_, at) => at + 1));
    expect(sessionText(board, id)).toMatch(/^attempt: 1$/m);
    expect(sessionText(board, id)).toMatch(/^state: done$/m);
    expect(await board.git("show", `kanband/${id}:${id}.txt`)).toBe(id);
  }
  await soon(board, "no process is left", () => agentsOf(board).length === 0);
  await expectSound(board);
}

describe("kill -9 of the daemon with four runs in progress", () => {
  it("the next daemon adopts all four, restarts none and loses no line", async () => {
    const { board, journal, kill } = await fourRunning();
    await kill();
    const before = agentsOf(board);
    expect(before.length).toBeGreaterThanOrEqual(4);

    await board.start();
    const lengths = IDS.map((id) => numbersIn(sessionText(board, id), "line").length);
    for (const [at, id] of IDS.entries()) {
      await soon(
        board,
        `${id} is followed`,
        () => numbersIn(sessionText(board, id), "line").length > (lengths[at] ?? 0),
      );
    }
    board.write(".git/go", "");

    await expectNothingLost(board, journal);
  });

  it("the next daemon ends what is left of a run of which nobody has a record any more", async () => {
    const board = await liveBoard({ settings: SETTINGS });
    const daemon = await board.start();
    const pidPath = join(board.root, ".git/pid");
    const leave = `(cd / && exec setsid sleep 300 > /dev/null 2>&1) & echo $! > ${pidPath}`;
    board.write("board/planned/one.md", shellTask(`[ -e ${pidPath} ] || { ${leave}; sleep 300; }\necho x > x.txt`));
    await soon(board, "it has left something", () => existsSync(pidPath) && readFileSync(pidPath, "utf8") !== "");
    const pid = readFileSync(pidPath, "utf8").trim();
    daemon.kill("SIGKILL");
    await daemon.ended;
    const runs = join(board.root, ".git/kanband/runs");
    const runId = readdirSync(runs)[0] ?? "";
    rmSync(join(runs, runId), { recursive: true });
    // One of another board, which has the same name.
    const other = spawn("sleep", ["300"], { cwd: "/", env: { KANBAND_RUN: runId, KANBAND_RUNS: "/elsewhere" } });
    onTestFinished(() => void other.kill("SIGKILL"));
    expect(existsSync(`/proc/${pid}`)).toBe(true);

    await board.start();
    await soon(board, "it is ended", () => !existsSync(`/proc/${pid}`));
    await inLane(board, "one", "for_review");
    expect(other.signalCode).toBeNull();
  });

  it("the next daemon collects those that ended while there was none", async () => {
    const { board, journal, kill } = await fourRunning();
    await kill();
    board.write(".git/go", "");
    await soon(board, "all four have ended", () => {
      return IDS.every((id) => existsSync(join(journal, `last-${id}`))) && agentsOf(board).length === 0;
    });

    await board.start();

    await expectNothingLost(board, journal);
  });
});
