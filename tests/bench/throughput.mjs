import { execFileSync } from "node:child_process";
import { renameSync } from "node:fs";
import { join } from "node:path";
import { git, makeRepository, scratch, sleep, startDaemon, taskText, until, write } from "./lib.mjs";

/**
 * Tasks a second through their whole life, planned -> for_review, with an agent that does nothing, 4 slots. Lower bound: the
 * git calls and spawns that such a life needs (claim, worktree of its own, agent, hand-over), four lives side by side.
 */
export async function benchThroughput({ tasks = 200 } = {}) {
  const ours = await measureOurs(tasks);
  const raw = await measureRaw(tasks);
  return { ours, raw, ratio: ours / raw };
}

async function measureOurs(tasks) {
  const { root, done } = scratch("life");
  try {
    makeRepository(root, {
      tasks: 0,
      settings:
        "slots: 4\nwip: { for_review: 10000 }\nagent: noop\nagents:\n  noop: { use: command, command: [sh, -c, 'cat > /dev/null; echo done'] }\n",
    });
    for (let index = 0; index < tasks; index++)
      write(
        root,
        `board/backlog/t${index}.md`,
        taskText(`T${index}`).replace("---\n", "---\npersona: tester\nagent: noop\n"),
      );
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--message", "Tasks");
    const daemon = await startDaemon(root);
    await sleep(1_500);
    const startedAt = performance.now();
    for (let index = 0; index < tasks; index++)
      renameSync(join(root, `board/backlog/t${index}.md`), join(root, `board/planned/t${index}.md`));
    await until(
      "all wait for review",
      () => git(root, "ls-tree", "--name-only", "HEAD", "board/for_review/").split("\n").length > tasks,
      { withinMs: 300_000, everyMs: 100 },
    );
    const seconds = (performance.now() - startedAt) / 1000;
    await daemon.stop();
    return tasks / seconds;
  } finally {
    done();
  }
}

async function measureRaw(tasks) {
  const { root, done } = scratch("raw");
  try {
    makeRepository(root, { tasks: 0, settings: "slots: 4\n" });
    const script = join(root, "life.sh");
    write(root, "life.sh", RAW_LIFE);
    const startedAt = performance.now();
    execFileSync("sh", [script, root, String(tasks)], { stdio: "ignore", env: { ...process.env, HOME: root } });
    return tasks / ((performance.now() - startedAt) / 1000);
  } finally {
    done();
  }
}

// Commits are made one after the other, as they must be; worktrees and agents of four lives run side by side.
const RAW_LIFE = `cd "$1"
n=0
while [ $n -lt $2 ]; do
  for i in 0 1 2 3; do
    t=$((n + i))
    echo task > board/planned/t$t.md && git add board/planned/t$t.md
  done
  git commit -q --only -m claim -- board
  for i in 0 1 2 3; do
    t=$((n + i))
    git worktree add -q --no-track -b raw/t$t .wt/t$t main
    (cd .wt/t$t && sh -c 'cat > /dev/null; echo done' < /dev/null > /dev/null && git status --porcelain > /dev/null) &
  done
  wait
  for i in 0 1 2 3; do
    t=$((n + i))
    mv board/planned/t$t.md board/for_review/ && git add board/planned board/for_review
    git commit -q --only -m review -- board
    git worktree remove --force .wt/t$t
  done
  n=$((n + 4))
done
`;
