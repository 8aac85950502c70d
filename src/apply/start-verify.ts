import { failpoint } from "../files/failpoint.ts";
import { startRun } from "../process/start-run.ts";
import { runEnvironment } from "./run-environment.ts";
import type { RunFacts } from "./run-facts.ts";
import { noteSetupFiles } from "./setup-files.ts";
import { setupScript } from "./setup-script.ts";
import { formatVerifyScript } from "./verify-script.ts";
import { runsDirOf, type World } from "./world.ts";

/** Starts the commands of `verify` in the run's worktree. Throws SPAWN_FAILED. */
export async function startVerify(world: World, facts: RunFacts, runId: string): Promise<void> {
  const settings = world.settings();
  const slot = settings.slots.find(({ name }) => name === facts.slot) ?? null;
  failpoint("apply.verify.before-start");
  await startRun({
    runsDir: runsDirOf(world),
    runId,
    record: facts,
    cwd: facts.worktree,
    file: "sh",
    args: ["-s"],
    env: await runEnvironment(world, { runId, taskId: facts.taskId, slot, allow: [], set: {} }),
    stdin: formatVerifyScript(facts.commands, facts.nonce ?? ""),
    setup: setupScript(settings.worktree.setup, facts.taskId, facts.worktree, noteSetupFiles(world, facts.worktree)),
    limits: { wallMs: facts.caps.wallMs, outputBytes: facts.caps.outputBytes },
    graceMs: settings.graceMs,
  });
  failpoint("apply.verify.after-start");
  world.log.info({ taskId: facts.taskId, runId, kind: facts.kind }, "verify started");
}
