import type { Notice } from "../decide/action.ts";
import { buildEnvironment } from "../process/environment.ts";
import { runCommand } from "../process/run-command.ts";
import type { World } from "./world.ts";

const TIMEOUT_MS = 10_000;

/** Runs the settings' `notify` command with the notice as JSON on standard input. Never throws: a deaf ear stops no work. */
export async function notify(world: World, notice: Notice): Promise<void> {
  const command = world.settings().notify;
  if (command === "") return;
  try {
    const { exitCode, stderr } = await runCommand({
      file: "sh",
      args: ["-c", command],
      cwd: world.boardRoot,
      env: buildEnvironment({ allow: [], set: {}, home: null }),
      stdin: `${JSON.stringify({ ...notice, at: new Date(world.clock()).toISOString() })}\n`,
      timeoutMs: TIMEOUT_MS,
    });
    if (exitCode !== 0)
      world.log.warn({ event: notice.event, exitCode, stderr: stderr.slice(0, 500) }, "notify failed");
  } catch (error) {
    world.log.warn({ event: notice.event, error: String(error) }, "notify failed");
  }
}
