import { renameSync } from "node:fs";
import { join } from "node:path";
import { git, scratch, sleep, startDaemon, taskText, until, write } from "./lib.mjs";
import { makeBranches } from "./merge.mjs";

/**
 * Tasks that are accepted at once, with checks of one second, until all are merged: in batches, and one by one. What each of
 * them changes is its own.
 */
export async function benchMergeQueue({ tasks = 50 } = {}) {
  const batches = await measure(tasks, "");
  const single = await measure(tasks, "merge_batch: 1\n");
  return { batches, single, ratio: batches / single };
}

async function measure(tasks, setting) {
  const { root, done } = scratch("queue");
  try {
    const settings = `wip: { for_review: 10000 }\nverify: [sleep 1]\nbase: main\n${setting}`;
    makeBranches(root, { base: "main", count: tasks, files: 200, changed: 1, settings });
    git(root, "update-ref", "-d", `refs/heads/kanband/t${tasks}`);
    for (let index = 0; index < tasks; index++) {
      const text = taskText(`T${index}`).replace("---\n", `---\nbranch: kanband/t${index}\n`);
      write(root, `board/for_review/t${index}.md`, text);
    }
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--message", "Tasks");
    const daemon = await startDaemon(root);
    await sleep(1_500);
    const startedAt = performance.now();
    for (let index = 0; index < tasks; index++) {
      renameSync(join(root, `board/for_review/t${index}.md`), join(root, `board/done/t${index}.md`));
    }
    const merges = () => Number(git(root, "rev-list", "--count", "--first-parent", "--merges", "main"));
    await until("all are merged", () => merges() === tasks, { withinMs: 600_000, everyMs: 100 });
    const seconds = (performance.now() - startedAt) / 1000;
    await daemon.stop();
    return seconds;
  } finally {
    done();
  }
}
