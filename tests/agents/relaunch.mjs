import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";

/**
 * Whether this process can find the agent programs and, where that is possible, has no network but loopback. If not, the
 * script is started with the same arguments where it is so, and this process is to end with its status.
 */
export async function isAmongPrograms(script) {
  if (process.env.KANBAND_AGENTS_BIN !== undefined) return true;
  const { installPrograms } = await import("./install.mjs");
  const { bins, skipped } = installPrograms();
  const env = {
    ...process.env,
    KANBAND_AGENTS_BIN: bins.join(delimiter),
    KANBAND_AGENTS_SKIPPED: JSON.stringify(skipped),
  };
  const command = [...namespace(), process.execPath, script, ...process.argv.slice(2)];
  const { status } = spawnSync(command[0], command.slice(1), { env, stdio: "inherit" });
  process.exitCode = status ?? 1;
  return false;
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
