import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { drawQueue } from "../../campaign/queue/draw.ts";
import { differences, endState, judge } from "../../campaign/queue/judge.ts";
import { play } from "../../campaign/queue/play.ts";
import { gitAt } from "../../helpers/git-repo.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(1, 3);

const TASKS = drawQueue({ tasks: 8, seed: 11 });

it("what collides, fails and lies ends merged or blocked for a true reason though the daemon dies, and a judge sees what does not", async () => {
  const { root, found, state, lived } = await play(TASKS, { kills: 3, seed: 1, withinMs: 4_000, say: () => undefined });
  expect(found).toEqual([]);
  expect(lived.killsAtWork).toBeGreaterThan(0);

  const wrong = await plant(root);
  const seen = (await judge(root, TASKS)).join("\n");
  for (const it of wrong) expect(seen).toMatch(it);
  expect(differences(state, await endState(root, TASKS))).not.toEqual([]);
}, 180_000);

/** Everything that a judge has to see, all at once; what it has to say of it. */
async function plant(root: string): Promise<RegExp[]> {
  const git = gitAt(root);
  const [moved, twice, lost, bad] = TASKS.filter(({ kind }) => kind.ends === "done").map(({ id }) => id);
  const lied = TASKS.find(({ kind }) => kind.name === "stubborn-ghost")?.id;
  const shared = TASKS.find(({ group }) => group !== null)?.group;
  for (const it of [bad, lied, shared])
    if (it === undefined) throw new Error("the queue that was drawn has too few kinds");

  renameSync(join(root, `board/done/${moved}.md`), join(root, `board/for_review/${moved}.md`));
  const path = join(root, `board/blocked/${lied}.md`);
  writeFileSync(path, readFileSync(path, "utf8").replace(/^blocked: .*$/m, "blocked: lost 3 times in a row"));
  writeFileSync(join(root, "board/done/.kanband-x.tmp"), "");
  mkdirSync(join(root, ".git/kanband/runs/x"), { recursive: true });
  writeFileSync(join(root, ".git/kanband/runs/x/record.json"), "{}");

  await git("worktree", "add", "--quiet", "-b", `kanband/${twice}`, join(root, ".kanband/worktrees/planted"), "main");
  await git("update-ref", `refs/kanband/stack/${twice}/${moved}`, "main");
  await git("rm", "--quiet", `work/${lost}.txt`);
  writeFileSync(join(root, `work/${bad}.txt`), "bad\n");
  appendFileSync(join(root, `shared/${shared}.txt`), `${lied}\n`);
  await git("commit", "--quiet", "--all", "--message", "Spoil it");
  const again = ["-p", "main", "-p", "main^", "-m", `Merge it again\n\nTask: ${twice}`];
  await git("update-ref", "refs/heads/main", await git("commit-tree", "main^{tree}", ...again));
  const blob = await git("hash-object", "-w", "--", "check.sh");
  const broken = join(root, ".git/objects", "00", "0".repeat(38));
  mkdirSync(join(broken, ".."), { recursive: true });
  writeFileSync(broken, readFileSync(join(root, ".git/objects", blob.slice(0, 2), blob.slice(2))));

  const left = spawn("sleep", ["300"], { cwd: "/", env: { KANBAND_RUNS: `${root}/.git/kanband/runs` } });
  onTestFinished(() => void left.kill());
  return [
    new RegExp(`^${moved}, \\S+, is in for_review and not in done`, "m"),
    new RegExp(`^the base has 1 merges of ${moved} and not 0`, "m"),
    new RegExp(`^the base has 2 merges of ${twice} and not 1`, "m"),
    new RegExp(`^the base has undefined of ${lost} and not "ok by`, "m"),
    new RegExp(`^the base has "bad" of ${bad} and not "ok by`, "m"),
    new RegExp(`^${lied}, stubborn-ghost, is blocked for another reason: lost`, "m"),
    new RegExp(`^shared/${shared}.txt of the base has .*${lied}`, "m"),
    /^on the base: .*sh check\.sh/m,
    new RegExp(`^refs/heads/kanband/${twice} is left`, "m"),
    new RegExp(`^refs/kanband/stack/${twice}/${moved} is left`, "m"),
    new RegExp(`^a worktree is at kanband/${twice}`, "m"),
    new RegExp(`^process ${left.pid}: sleep 300 is left`, "m"),
    /^board\/done\/\.kanband-x\.tmp is left/m,
    /^\.git\/kanband\/runs\/x\/record\.json is left/m,
    /^git status says/m,
    /^git fsck says/m,
  ];
}
