import { existsSync } from "node:fs";
import { join } from "node:path";
import { startVitest } from "vitest/node";

// Long campaigns, too long for `npm test`: `npm run campaign crash`. The build in dist/ is what is tested.
const [name = "", ...filters] = process.argv.slice(2);
if (name === "" || !existsSync(join(import.meta.dirname, `${name}.campaign.ts`))) {
  console.error(
    "Which campaign? There are: crash (KANBAND_RANDOM_KILLS), decide (KANBAND_WORLDS); KANBAND_SEED repeats one.",
  );
  process.exitCode = 2;
} else {
  // Git in tests never sees the settings of the machine; time zones never differ.
  const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_ALLOW_PROTOCOL: "file", TZ: "UTC" };
  const vitest = await startVitest("test", [], {
    config: false,
    root: join(import.meta.dirname, "..", ".."),
    watch: false,
    include: [`tests/campaign/${name}.campaign.ts`],
    ...(filters.length === 0 ? {} : { testNamePattern: filters.join(" ") }),
    env,
    testTimeout: 4 * 60 * 60 * 1000,
    hookTimeout: 10 * 60 * 1000,
    disableConsoleIntercept: true,
  });
  await vitest.close();
}
