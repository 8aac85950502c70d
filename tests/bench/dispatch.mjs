import { spawn } from "node:child_process";
import { mkdirSync, renameSync, watch } from "node:fs";
import { join } from "node:path";
import {
  appearance,
  git,
  makeRepository,
  quantile,
  scratch,
  sleep,
  startDaemon,
  taskText,
  until,
  write,
} from "./lib.mjs";

const MARKS = "marks";

/**
 * `mv` into planned/ -> the agent's first instruction, on an idle slot. The leanest script that does the same (an inotify
 * event, one commit, `git worktree add`, spawn) is the lower bound; both are measured in turn, in the same run.
 */
export async function benchDispatch({ tasks, files = 20, rounds = 30, isWarm = false }) {
  const ours = scratch("ours");
  const lean = scratch("lean");
  try {
    for (const { root } of [ours, lean]) {
      mkdirSync(join(root, MARKS));
      const agent = `[sh, -c, ": > ${join(root, MARKS)}/$KANBAND_TASK; cat > /dev/null; echo done"]`;
      makeRepository(root, {
        tasks,
        files,
        settings: `slots: 1\nwip: { for_review: 10000 }\nagent: noop\nagents:\n  noop: { use: command, command: ${agent} }\n`,
      });
      for (let index = 0; index < rounds; index++)
        write(root, `board/backlog/t${index}.md`, `---\npersona: tester\nagent: noop\n---\n${taskText(`T${index}`)}`);
      git(root, "add", "--all");
      git(root, "commit", "--quiet", "--message", "Rounds");
    }
    const leanScript = startLean(lean.root, { isWarm });
    const daemon = await startDaemon(ours.root);
    await sleep(1_500);
    const samples = { ours: [], lean: [] };
    for (let index = 0; index < rounds; index++) {
      samples.lean.push(await leanScript.round(index));
      samples.ours.push(await oneRound(ours.root, index));
      await until("the task waits for review", () => isIn(ours.root, "for_review", `t${index}`));
      await sleep(150);
    }
    await daemon.stop();
    leanScript.stop();
    return summarise(samples);
  } finally {
    ours.done();
    lean.done();
  }
}

async function oneRound(root, index) {
  const appeared = appearance(join(root, MARKS), `t${index}`);
  const startedAt = performance.now();
  renameSync(join(root, `board/backlog/t${index}.md`), join(root, `board/planned/t${index}.md`));
  return (await appeared) - startedAt;
}

function startLean(root, { isWarm }) {
  const worktrees = join(root, ".worktrees");
  mkdirSync(worktrees);
  if (isWarm) git(root, "worktree", "add", "--quiet", "--detach", join(worktrees, "warm"));
  let current = 0;
  const watcher = watch(join(root, "board/planned"), (_event, name) => {
    if (name !== `t${current}.md`) return;
    git(root, "add", "--", `board/planned/${name}`);
    git(root, "commit", "--quiet", "--only", "--message", "Claim", "--", "board/planned", "board/backlog");
    const path = isWarm ? join(worktrees, "warm") : join(worktrees, `t${current}`);
    if (isWarm) git(path, "checkout", "--quiet", "--force", "-B", `lean/t${current}`, "main");
    else git(root, "worktree", "add", "--quiet", "-b", `lean/t${current}`, path);
    spawn("sh", ["-c", `: > ${join(root, MARKS)}/t${current}`], { cwd: path, stdio: "ignore", detached: true }).unref();
  });
  return {
    round: async (index) => {
      current = index;
      const sample = await oneRound(root, index);
      await sleep(100);
      return sample;
    },
    stop: () => watcher.close(),
  };
}

function isIn(root, lane, id) {
  return git(root, "ls-files", "--", `board/${lane}/${id}.md`) !== "";
}

function summarise({ ours, lean }) {
  const row = (samples) => ({ p50: quantile(samples, 0.5), p99: quantile(samples, 0.99) });
  return {
    ours: row(ours),
    lean: row(lean),
    ratio: { p50: row(ours).p50 / row(lean).p50, p99: row(ours).p99 / row(lean).p99 },
  };
}
