import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { FAILPOINTS } from "../../../src/files/failpoints.ts";
import { told } from "../../helpers/board-watch.ts";
import { liveBoard, until } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(1, 4);

const SETTINGS = "slots: [A, B]\nagent: shell\ngrace: 1s\nretry: { limit: 2, base: 100ms, max: 1s }\n";

/** Adds one line a turn, twice, mends a conflict by keeping both sides, and changes nothing else. */
const BUILDER = `
if grep -q '<<<<<<<' work.txt 2>/dev/null; then
  sed '/^[<=>]\\{7\\}/d' work.txt > mended
  mv mended work.txt
  verdict=changed
elif [ "$(wc -l < work.txt 2>/dev/null || echo 0)" -lt 2 ]; then
  echo "a line" >> work.txt
  git add work.txt
  git commit -qm "Add a line"
  verdict=changed
else
  verdict=no-change
fi
printf '\\n\\140\\140\\140yaml\\nverdict: %s\\n\\140\\140\\140\\n' "$verdict"`;

/** Only looks, and says that nothing is wrong. */
const READER = `
printf '\\n\\140\\140\\140yaml\\nverdict: no-change\\n\\140\\140\\140\\n'`;

function persona(mutates: boolean, script: string): string {
  return `---\ndescription: x\nagent: shell\nmutates: ${String(mutates)}\n---\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
}

it("two personas take turns until nothing changes; the picked branch is mended where it conflicts, and merged; the others are kept", async () => {
  const board = await liveBoard({
    settings: SETTINGS,
    files: {
      "personas/builder.md": persona(true, BUILDER),
      "personas/reader.md": persona(false, READER),
      "personas/workflows/turns.md": "---\npersonas: [builder, reader]\nparallelism: 2\n---\n",
      "board/planned/grow.md": "---\nworkflow: turns\nbudget_usd: 5\n---\n# Grow\n",
    },
  });
  const daemon = await board.start();
  await until("it is handed over", () => board.lane("grow") === "for_review", {
    withinMs: 40_000,
    state: () => daemon.output() + board.read(board.find("grow") ?? ""),
  });
  const text = board.read(board.find("grow") ?? "");
  const cycles = readdirSync(join(board.boardRoot, "sessions/grow/cycles"));
  expect(text).toContain(`cycle: ${String(cycles.length)}\n`);
  expect(text).not.toMatch(/^(assigned|branch|attempt):/m);
  for (const index of cycles.keys()) {
    expect(cycles).toContain(`${String(index)}-${index % 2 === 0 ? "builder" : "reader"}.md`);
  }
  const branches = (await board.git("branch", "--list", "--format=%(refname:short)", "kanband*")).split("\n");
  const builders = [...cycles.keys()].filter((it) => it % 2 === 0);
  expect(branches.toSorted()).toEqual(builders.map((it) => `kanband-cycle/grow/${String(it)}`).toSorted());
  const changed = await changedCycles(board, builders);
  expect(changed.length).toBeGreaterThanOrEqual(2);
  const last = cycles.find((it) => it.startsWith(`${String(cycles.length - 1)}-`)) ?? "";
  expect(board.read(`sessions/grow/cycles/${last}`)).toMatch(/^verdict: no-change$/m);
  const why = await told(board.root, ["why", "grow"]);
  for (const { cycle } of changed)
    expect(why).toContain(`changed, 1 commit, 0.00 USD: kanband-cycle/grow/${String(cycle)}`);

  await daemon.stop();
  // Meanwhile somebody wrote the same file.
  board.write("work.txt", "theirs\n");
  await board.git("add", "work.txt");
  await board.git("commit", "--quiet", "--message", "Write work.txt");
  const [picked, ...others] = changed;
  if (picked === undefined) throw new Error("no cycle changed anything");
  board.write(board.find("grow") ?? "", text.replace("---\n", `---\npick: ${String(picked.cycle)}\n`));
  board.mv("grow", "done");
  for (const point of FAILPOINTS.filter((it) => it.startsWith("apply.pick."))) {
    const doomed = await board.start({ env: { KANBAND_FAILPOINTS: `${point}=kill` }, isDoomed: true });
    expect([point, await doomed.ended]).toEqual([point, null]);
  }
  const next = await board.start();
  await until("its conflict is mended", () => board.lane("grow") === "for_review", { state: () => next.output() });
  expect(board.read("sessions/grow/merge.md")).toMatch(/^verdict: conflict$/m);
  expect(await isMerged(board, picked.sha)).toBe(false);
  const mending = readdirSync(join(board.boardRoot, "sessions/grow/cycles")).filter((it) => !cycles.includes(it));
  const mended = mending.filter((it) => /^verdict: changed$/m.test(board.read(`sessions/grow/cycles/${it}`)));
  expect(mended).toHaveLength(1);
  expect(board.read("sessions/grow/context.md")).toContain(", because: conflict");
  board.write(board.find("grow") ?? "", board.read(board.find("grow") ?? "").replace(/^pick: .*\n/m, ""));
  board.mv("grow", "done");
  await until("it is merged", async () => (await isMerged(board, picked.sha)) && (await leftBranches(board)) === "", {
    state: () => next.output(),
  });
  expect(await board.git("show", "main:work.txt")).toBe("a line\ntheirs");
  const kept = await board.git("for-each-ref", "--format=%(objectname)", "refs/kanband/preserved/grow/");
  for (const { sha } of others) expect([kept.includes(sha), await isMerged(board, sha)]).toEqual([true, false]);
  const context = board.read("sessions/grow/context.md");
  expect(context).toContain(`Cycle ${String(picked.cycle)} is accepted`);
  for (const { cycle } of others)
    expect(context).toContain(`Cycle ${String(cycle)} is kept: \`git log refs/kanband/preserved/`);
  await next.stop();
});

type Board = Awaited<ReturnType<typeof liveBoard>>;

async function changedCycles(board: Board, builders: readonly number[]): Promise<{ cycle: number; sha: string }[]> {
  const changed: { cycle: number; sha: string }[] = [];
  for (const cycle of builders) {
    const session = board.read(`sessions/grow/cycles/${String(cycle)}-builder.md`);
    if (!/^verdict: changed$/m.test(session)) continue;
    changed.push({ cycle, sha: await board.git("rev-parse", `kanband-cycle/grow/${String(cycle)}`) });
  }
  return changed;
}

async function leftBranches(board: Board): Promise<string> {
  return await board.git("for-each-ref", "refs/heads/kanband", "refs/heads/kanband-cycle");
}

async function isMerged(board: Board, sha: string): Promise<boolean> {
  return await board.git("merge-base", "--is-ancestor", sha, "main").then(
    () => true,
    () => false,
  );
}
