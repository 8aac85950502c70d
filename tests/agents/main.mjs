import { join } from "node:path";
import { startVitest } from "vitest/node";
import { isAmongPrograms } from "./relaunch.mjs";
import { tableReporter } from "./table-reporter.mjs";

// The real agent programs against a model on loopback: `npm run test:agents [-- claude codex "acp/gemini hooks"]`. They are
// installed at exact versions into KANBAND_AGENTS_CACHE, or taken from PATH where the version is the same. Where it is possible,
// everything runs in a network namespace in which there is nothing but loopback.
const filters = process.argv.slice(2);

if (await isAmongPrograms(import.meta.filename)) {
  const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_ALLOW_PROTOCOL: "file", TZ: "UTC" };
  const vitest = await startVitest("test", [], {
    config: false,
    root: join(import.meta.dirname, "..", ".."),
    watch: false,
    include: ["tests/agents/*.agents.ts"],
    ...(filters.length === 0 ? {} : { testNamePattern: filters.map((it) => `(^| )${it}`).join("|") }),
    env,
    // Most of the time is spent waiting.
    maxWorkers: 2,
    testTimeout: 300_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
    reporters: ["default", tableReporter],
  });
  await vitest.close();
}
