import { join } from "node:path";
import { startVitest } from "vitest/node";
import { isAmongPrograms } from "../agents/relaunch.mjs";

// Long campaigns, too long for `npm test`: `npm run campaign crash`. The build in dist/ is what is tested.
// KANBAND_SEED repeats one; KANBAND_RANDOM_KILLS, KANBAND_SLICE (1/6) and KANBAND_WORLDS say how much of it.
// `agents-killed` runs the real agent programs, installed as for `npm run test:agents`.
const CAMPAIGNS = {
  crash: { include: ["tests/campaign/crash.campaign.ts"] },
  // What `npm test` takes in turns from day to day: points of the runs and results, layouts of moves and undo, editors, faults.
  points: {
    include: [
      "tests/e2e/apply/crash-{runs,results,stacks,lost}.test.ts",
      "tests/e2e/crash/planted-bugs.test.ts",
      "tests/e2e/cli/undo.test.ts",
      "tests/e2e/daemon/*.test.ts",
      "tests/e2e/cli/{answers,demo,up,pr,undo-follow}.test.ts",
      "tests/e2e/apply/{lost-*,landed-ref,landing,merging,checks,claims,tampering,batches,clean-checks,restack}.test.ts",
      "tests/e2e/workflows/*.test.ts",
      "tests/e2e/queue/queue.test.ts",
      "tests/e2e/process/run.test.ts",
      "tests/e2e/git/{advance-*,base-places,worktrees,late-writes,latecomers,move-files,killed}.test.ts",
      "tests/e2e/files/{editor-races,faults}.test.ts",
      "tests/e2e/agents/{acp,acp-recordings}.test.ts",
    ],
    env: { KANBAND_ALL_POINTS: "1" },
  },
  // A round-robin with its daemon killed at random between claims; KANBAND_CYCLE_KILLS says how often.
  cycles: { include: ["tests/campaign/cycles.campaign.ts"] },
  workflows: { include: ["tests/campaign/workflows.campaign.ts"] },
  // The merge queue: 100 tasks with dependencies, collisions, failures and lies; KANBAND_QUEUE_TASKS, _KILLS, _HOT, _SEED.
  queue: { include: ["tests/campaign/queue.campaign.ts"] },
  // The properties of the unit tests with all their examples, of which `npm test` takes a third, and a new seed; all mistakes
  // that they have to notice.
  properties: {
    include: ["tests/unit/**/*.test.ts"],
    env: {
      KANBAND_ALL_POINTS: "1",
      KANBAND_ALL_RUNS: "1",
      KANBAND_SEED: process.env.KANBAND_SEED ?? String(Date.now() % 1_000_000),
    },
  },
  decide: { include: ["tests/campaign/decide.campaign.ts"] },
  "agents-killed": { include: ["tests/campaign/agents-killed.campaign.ts"], hasPrograms: true },
  "silent-watcher": { include: ["tests/e2e/daemon/*.test.ts"], env: { KANBAND_WATCHER: "silent" } },
  "noisy-watcher": { include: ["tests/e2e/daemon/*.test.ts"], env: { KANBAND_WATCHER: "noisy" } },
};

const [name = "", ...filters] = process.argv.slice(2);
const campaign = CAMPAIGNS[name];
if (campaign === undefined) {
  console.error(`Which campaign? There are: ${Object.keys(CAMPAIGNS).join(", ")}.`);
  process.exitCode = 2;
} else if (!campaign.hasPrograms || (await isAmongPrograms(import.meta.filename))) {
  // Git in tests never sees the settings of the machine; time zones never differ.
  const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_ALLOW_PROTOCOL: "file", TZ: "UTC" };
  const vitest = await startVitest("test", [], {
    config: false,
    root: join(import.meta.dirname, "..", ".."),
    watch: false,
    include: campaign.include,
    ...(filters.length === 0 ? {} : { testNamePattern: filters.join(" ") }),
    env: { ...env, ...campaign.env },
    maxWorkers: 4,
    testTimeout: 4 * 60 * 60 * 1000,
    hookTimeout: 10 * 60 * 1000,
    disableConsoleIntercept: true,
  });
  await vitest.close();
}
