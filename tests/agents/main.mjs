import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { startVitest } from "vitest/node";
import { tableReporter } from "./table-reporter.mjs";

// The real agent programs against a model on loopback: `npm run test:agents [-- claude codex "acp/gemini hooks"]`. They are installed at exact
// versions into KANBAND_AGENTS_CACHE, or taken from PATH where the version is the same. Where it is possible, everything runs
// in a network namespace in which there is nothing but loopback.
const filters = process.argv.slice(2);

if (process.env.KANBAND_AGENTS_BIN === undefined) {
  const { installPrograms } = await import("./install.mjs");
  const { bins, skipped } = installPrograms();
  const env = {
    ...process.env,
    KANBAND_AGENTS_BIN: bins.join(delimiter),
    KANBAND_AGENTS_SKIPPED: JSON.stringify(skipped),
  };
  const command = [...namespace(), process.execPath, import.meta.filename, ...filters];
  const { status } = spawnSync(command[0], command.slice(1), { env, stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_ALLOW_PROTOCOL: "file", TZ: "UTC" };
  const vitest = await startVitest("test", [], {
    config: false,
    root: join(import.meta.dirname, "..", ".."),
    watch: false,
    include: ["tests/agents/*.agents.ts"],
    ...(filters.length === 0 ? {} : { testNamePattern: filters.map((it) => `(^| )${it}`).join("|") }),
    env,
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
    reporters: ["default", tableReporter],
  });
  await vitest.close();
}

/** How to run a command where there is no network but loopback; nothing where that cannot be had, with a line that says why. */
function namespace() {
  const up = 'ip link set lo up && exec "$@"';
  // Whoever is not root is root of a namespace first, and then again who they are.
  const [user, group] = [process.getuid?.(), process.getgid?.()];
  const again = ["unshare", "--user", `--map-user=${user}`, `--map-group=${group}`];
  const command =
    user === 0 ? ["unshare", "-n", "sh", "-c", up, "sh"] : ["unshare", "-rn", "sh", "-c", up, "sh", ...again];
  const tried = spawnSync(command[0], [...command.slice(1), "true"], { encoding: "utf8", timeout: 10_000 });
  if (tried.status === 0) return command;
  const why = (tried.error?.message ?? tried.stderr).trim().split("\n")[0];
  console.log(`No network namespace can be made here, so the programs could reach the network: ${why}`);
  return [];
}
