// `npm run bench [name …]`: every figure as a ratio to a lower bound that is measured in the same run.
import { benchAgentsMixed } from "./agents-mixed.mjs";
import { benchBurst } from "./burst.mjs";
import { benchChatter } from "./chatter.mjs";
import { benchDecideSteps } from "./decide-steps.mjs";
import { benchDispatch } from "./dispatch.mjs";
import { benchMerge } from "./merge.mjs";
import { benchMergeQueue } from "./merge-queue.mjs";
import { benchIdle, benchMemory } from "./standing.mjs";
import { benchColdStart, benchStatus } from "./start.mjs";
import { benchThroughput } from "./throughput.mjs";

const BENCHES = {
  "dispatch-100": () => benchDispatch({ tasks: 100, rounds: 30 }),
  "dispatch-10000-tasks": () => benchDispatch({ tasks: 10_000 }),
  "dispatch-10000-files-warm": () => benchDispatch({ tasks: 100, files: 10_000, isWarm: true, rounds: 20 }),
  "decide-1000-factories": () => benchDecideSteps({ tasks: 1_000 }),
  "decide-10000-factories": () => benchDecideSteps({ tasks: 10_000, rounds: 7 }),
  "merge-10000-files": () => benchMerge({ isCheckedOut: false }),
  "merge-10000-files-checked-out": () => benchMerge({ isCheckedOut: true }),
  "merge-queue": () => benchMergeQueue(),
  throughput: () => benchThroughput(),
  burst: () => benchBurst(),
  "cold-start": () => benchColdStart(),
  status: () => benchStatus(),
  idle: () => benchIdle(),
  memory: () => benchMemory(),
  chatter: () => benchChatter(),
  "agents-mixed": () => benchAgentsMixed(),
};

const wanted = process.argv.slice(2);
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const figures = await bench();
  process.stdout.write(
    `${name}: ${JSON.stringify(figures, (_key, value) => (typeof value === "number" ? Number(value.toPrecision(3)) : value))}\n`,
  );
}
