import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { readRuns } from "../../src/process/read-runs.ts";
import { absence, CLIS } from "../agents/clis.ts";
import { type ModelServer, startModelServer } from "../agents/model/server.ts";
import { plant } from "../e2e/crash/planted.ts";
import { doAsAsked, makeBoard } from "./killed/board.ts";
import { watchDoubles } from "./killed/doubles.ts";
import { CHECK_AFTER_MS, killAgainAndAgain, look, passTime, runsDirOf } from "./killed/kills.ts";
import { actOn, type Errand, errandOf, hand, isOver } from "./killed/person.ts";
import { countLost, countStarts, verdictOn } from "./killed/verdict.ts";
import { randomOf } from "./random.ts";

// The real agents on one board, with a daemon that is killed again and again: nothing with the tag of a run outlives it.
const KILLS = Number(process.env["KANBAND_RANDOM_KILLS"] ?? 100);
const SEED = Number(process.env["KANBAND_SEED"] ?? Date.now() % 1_000_000);
const OPEN_AT_ONCE = 6;
const SETTLED_WITHIN_MS = 10 * 60_000;

const model: { server: ModelServer | null } = { server: null };

function server(): ModelServer {
  if (model.server === null) throw new Error("there is no model");
  return model.server;
}

beforeAll(async () => {
  model.server = await startModelServer(doAsAsked);
});
afterAll(async () => await model.server?.close());

it("a daemon that sweeps nothing is found out", async () => {
  const prefix = `p${process.pid}-`;
  const board = await makeBoard(server(), prefix, CLIS.slice(0, 1));
  const planted = plant({
    name: "sweep nothing",
    changes: [
      { file: "process/sweep.js", from: "const left = listProcesses()", to: "const left = []" },
      { file: "process/sweep-strays.js", from: "const strays = listProcesses()", to: "const strays = []" },
    ],
    kills: [],
    caughtAs: / is left: sleep 90/,
  });
  onTestFinished(planted.remove);
  const program = join(dirname(planted.main), "up.mjs");
  writeFileSync(program, 'process.argv[2] = "up";\nawait import("./main.js");\n');
  board.write(`board/planned/${prefix}leaves.md`, "---\nagent: leaves\n---\n# Work\n");

  const first = await board.up([], { program });
  await board.arrives(`${prefix}leaves`, "for_review");
  first.kill("SIGKILL");
  await first.ended;
  await board.up([], { program });
  await passTime({ act: () => undefined }, CHECK_AFTER_MS, () => false);

  expect((await look(board, prefix, "planted")).join("\n")).toMatch(/leaves\.1\.work\.\w+ is left: sleep 90/);
});

it(`${KILLS} kills, KANBAND_SEED=${SEED}`, async () => {
  const prefix = `k${process.pid}-`;
  const clis = CLIS.filter((cli) => absence(cli) === null);
  const board = await makeBoard(server(), prefix, clis);
  const errands: Errand[] = [];
  const phase = { isClosing: false };
  function act(): void {
    const open = errands.filter((it) => !isOver(board, it));
    for (const it of open) actOn(board, it);
    for (let missing = phase.isClosing ? 0 : OPEN_AT_ONCE - open.length; missing > 0; missing--) {
      const errand = errandOf(errands.length, prefix, clis);
      hand(board, errand);
      errands.push(errand);
    }
  }
  const startedAt = Date.now();
  const doubles = watchDoubles(prefix);
  onTestFinished(doubles.stop);

  const killed = await killAgainAndAgain(board, { prefix, kills: KILLS, random: randomOf(SEED), act });
  phase.isClosing = true;
  const last = await board.up();
  await passTime({ act }, CHECK_AFTER_MS, () => false);
  killed.violations.push(...(await look(board, prefix, "the last start")));
  await passTime({ act }, SETTLED_WITHIN_MS, () => {
    return errands.every((it) => isOver(board, it)) && readRuns(runsDirOf(board)).length === 0;
  });
  await last.stop();
  doubles.stop();

  const lost = await countLost(board);
  const violations = [
    ...killed.violations,
    ...(await verdictOn(board, errands, prefix)),
    ...[...doubles.found].map((it) => `two runs of one task at once: ${it}`),
    ...(lost === 0 ? [] : [`${lost} runs were lost`]),
  ];
  console.log(
    [
      `${killed.kills} kills, ${killed.starts + 1} starts, looked 10 s after ${killed.checks + 1} of them`,
      `${errands.length} tasks, ${countStarts(board)} runs, ${killed.adopted.size} of them adopted, ${lost} lost`,
      `at most ${doubles.mostAtOnce()} tagged processes at once, by ${clis.map(({ name }) => name).join(", ")}`,
      `${violations.length} violations, ${Math.round((Date.now() - startedAt) / 1000)} s, KANBAND_SEED=${SEED}`,
    ].join("\n"),
  );
  expect(violations).toEqual([]);
});
