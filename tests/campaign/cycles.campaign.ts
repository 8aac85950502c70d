import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { type LiveBoard, liveBoard, until } from "../helpers/live-board.ts";
import { readClaims } from "./cycles/read-claims.ts";
import { randomOf } from "./random.ts";

// A round-robin whose daemon is killed at random: every number is claimed once, in order, by the persona whose turn it is.
// KANBAND_CYCLE_KILLS (200) in worlds of 50; none begins after KANBAND_CYCLE_MINUTES (20); KANBAND_SEED repeats them.
const KILLS = Number(process.env["KANBAND_CYCLE_KILLS"] ?? 200);
const KILLS_OF_A_WORLD = 50;
const MINUTES = Number(process.env["KANBAND_CYCLE_MINUTES"] ?? 20);
const SEED = Number(process.env["KANBAND_SEED"] ?? Date.now() % 1_000_000);
const LONGEST_START_MS = 900;
const LONGEST_AFTER_MS = 400;

const ROSTER = ["author", "engineer", "reviewer", "tester"];
const SETTINGS = "slots: [A, B]\nagent: shell\ngrace: 1s\nretry: { limit: 2, base: 100ms, max: 1s }\n";
const FENCE = "\\140\\140\\140";
const CHANGES = `echo "$$ $(date +%s%N)" >> work.txt; git add work.txt; git commit -qm "Add a line"
printf '\\n${FENCE}yaml\\nverdict: changed\\n${FENCE}\\n'`;
const LOOKS = `printf '\\n${FENCE}yaml\\nverdict: must-fix\\nfindings: []\\n${FENCE}\\n'`;

const startedAt = Date.now();
const total = { kills: 0, cycles: 0, commits: 0, attempts: 0, worlds: 0 };

const worlds = Array.from({ length: Math.ceil(KILLS / KILLS_OF_A_WORLD) }, (_, index) => index);

it.each(worlds)("world %i: no number is claimed twice, and none is left out", async (index) => {
  if (Date.now() - startedAt > MINUTES * 60_000) throw new Error(`not begun: ${String(MINUTES)} minutes are over`);
  const random = randomOf(SEED + index);
  const board = await makeBoard();
  for (let kills = 0; kills < Math.min(KILLS_OF_A_WORLD, KILLS - index * KILLS_OF_A_WORLD); kills += 1) {
    await liveALittle(board, random);
    total.kills += 1;
  }
  board.write("personas/workflows/turns.md", workflow(1));
  const last = await board.start();
  const state = () => `${last.output()}\n${board.read(board.find("loop") ?? "")}`;
  await until("it is handed over", () => board.lane("loop") === "for_review", { withinMs: 60_000, state });
  await last.stop();

  const { found, claims, commits } = await readClaims(board, { task: "loop", roster: ROSTER });
  expect(found).toEqual([]);
  const first = claims.filter(({ attempt }) => attempt === 1).map(({ cycle }) => cycle);
  expect(first).toEqual(first.map((_, position) => position));
  expect(first.length).toBeGreaterThanOrEqual(8);
  total.cycles += first.length;
  total.attempts += claims.length;
  total.commits += commits;
  total.worlds += 1;
});

afterAll(() => {
  const { kills, worlds: count, cycles, attempts, commits } = total;
  console.log(
    `cycles: ${kills} kills in ${count} worlds, ${cycles} cycles and ${attempts} attempts claimed in ${commits} commits, ${Math.round((Date.now() - startedAt) / 1000)} s, KANBAND_SEED=${SEED}`,
  );
});

/** Some daemons die while they start; the others, however slow the machine is, at some time after the task file has changed. */
async function liveALittle(board: LiveBoard, random: () => number): Promise<void> {
  const isDoomed = random() < 0.3;
  const before = textOf(board);
  const daemon = await board.start({ isDoomed });
  const changedBy = Date.now() + (isDoomed ? 0 : 5_000);
  while (textOf(board) === before && Date.now() < changedBy) await sleep(10);
  await sleep(Math.floor(random() * (isDoomed ? LONGEST_START_MS : LONGEST_AFTER_MS)));
  daemon.kill();
  expect(await daemon.ended).toBeNull();
}

/** The task file as it is; empty in the moment in which it moves. */
function textOf(board: LiveBoard): string {
  try {
    return board.read(board.find("loop") ?? "");
  } catch {
    return "";
  }
}

async function makeBoard(): Promise<LiveBoard> {
  const files = Object.fromEntries(
    ROSTER.map((it, index) => [`personas/${it}.md`, persona(index < 2, index < 2 ? CHANGES : LOOKS)]),
  );
  const task = "---\nworkflow: turns\nbudget_usd: 5\n---\n# Go on and on\n";
  return await liveBoard({
    settings: SETTINGS,
    files: { ...files, "personas/workflows/turns.md": workflow(1000), "board/planned/loop.md": task },
  });
}

function persona(mutates: boolean, script: string): string {
  return `---\ndescription: x\nagent: shell\nmutates: ${String(mutates)}\n---\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
}

function workflow(maxCycles: number): string {
  return `---\npersonas: [${ROSTER.join(", ")}]\nparallelism: 2\nmax_cycles: ${String(maxCycles)}\n---\n`;
}
