import { defineConfig } from "vitest/config";
import { makeTempRoot } from "./temp-root.ts";

const root = new URL("..", import.meta.url).pathname;

// Git in tests never sees the settings of the machine; time zones never differ.
const env = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_ALLOW_PROTOCOL: "file",
  TZ: "UTC",
  // This file is read once for each project as well: all have the same folder, and the same day, also past midnight.
  TMPDIR: (process.env["KANBAND_TESTS_TMP"] ??= makeTempRoot()),
  KANBAND_DAY: (process.env["KANBAND_DAY"] ??= drawDay()),
};

export default defineConfig({
  root,
  test: {
    env,
    restoreMocks: true,
    // No test changes what it imports, so files share what a worker has loaded: a tenth of the time was loading it again.
    isolate: false,
    // Most of the time is spent waiting for processes and disks, so more files at once than there are cores.
    maxWorkers: 4,
    projects: [
      // Far more than any of them takes: on a busy machine a few seconds are soon gone.
      { extends: true, test: { name: "unit", include: ["tests/unit/**/*.test.ts"], testTimeout: 60_000 } },
      {
        extends: true,
        test: { name: "tidy", include: ["tests/tidy/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 30_000,
          // On a machine that does other work as well, a wait may be too short once: said in the output, not hidden.
          retry: process.env["CI"] === undefined ? 0 : 2,
        },
      },
    ],
  },
});

/**
 * What takes turns from day to day takes them by this number; the long-lived versions of Node, 20, 24 and so on, take them in
 * turn.
 */
function drawDay(): string {
  const version = Math.floor(Number.parseInt(process.versions.node, 10) / 4);
  const day = String(Math.floor(Date.now() / (24 * 60 * 60 * 1000)) + version);
  console.log(`Turns of day ${day}: KANBAND_DAY=${day} takes them again, KANBAND_ALL_POINTS=1 takes all.`);
  return day;
}
