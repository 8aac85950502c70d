import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { fingerprint } from "../git/fingerprint.ts";
import { startRun } from "../process/start-run.ts";
import { type BoxedRun, inBox, setupInBox } from "./box.ts";
import { lookForChanges } from "./check-files.ts";
import { keepForGuard } from "./guard.ts";
import { runEnvironment } from "./run-environment.ts";
import { isBoxed, type RunFacts } from "./run-facts.ts";
import { noteSetupFiles } from "./setup-files.ts";
import { setupScript } from "./setup-script.ts";
import { tierOfCommands } from "./tier.ts";
import { formatVerifyScript } from "./verify-script.ts";
import { runsDirOf, type World } from "./world.ts";

/** `commit`: what is checked out in the worktree of the run. */
type VerifyStart = { runId: string; commit: string };

/**
 * Starts the commands of `verify` in the run's worktree, in the sandbox that its agent had: what they run, the agent may have
 * written. Throws SPAWN_FAILED.
 */
export async function startVerify(world: World, facts: RunFacts, { runId, commit }: VerifyStart): Promise<void> {
  const settings = world.settings();
  const slot = settings.slots.find(({ name }) => name === facts.slot) ?? null;
  const tier = await tierOfCommands(world, slot);
  if (typeof tier === "object") throw new KanbandError("SPAWN_FAILED", tier.problem);
  const env = await runEnvironment(world, { runId, taskId: facts.taskId, slot, allow: [], set: {} });
  const program = { file: "sh", args: ["-s"], program: null };
  const box: BoxedRun = { ...program, tier, runId, worktree: facts.worktree, slot, env };
  const boxed = inBox(world, box);
  const notes = noteSetupFiles(world, facts.worktree);
  const prepared = setupInBox(world, box, setupScript(settings.worktree.setup, facts.taskId, facts.worktree, notes));
  const look = await lookForChanges(world, facts.worktree, commit);
  if (!isBoxed({ sandbox: tier })) keepForGuard(world);
  const asked = (facts.asked ?? []).map(({ command }) => command);
  failpoint("apply.verify.before-start");
  await startRun({
    runsDir: runsDirOf(world),
    runId,
    record: { ...facts, sandbox: tier, fingerprint: await fingerprint(world.codeRepo) },
    cwd: facts.worktree,
    file: boxed.file,
    args: boxed.args,
    env: { ...env, ...boxed.env },
    stdin: formatVerifyScript(facts.commands, facts.nonce ?? "", { asked, look }),
    setup: prepared.setup,
    files: [...boxed.files, ...prepared.files],
    limits: { wallMs: facts.caps.wallMs, outputBytes: facts.caps.outputBytes },
    graceMs: settings.graceMs,
  });
  failpoint("apply.verify.after-start");
  world.log.info({ taskId: facts.taskId, runId, kind: facts.kind }, "verify started");
}
