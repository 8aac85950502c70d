import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { applyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";
import { until } from "./until.ts";

it("a session of an attempt that nobody was given is taken away and told; what was claimed, and what git had, stays", async () => {
  const done = (step: string) => `---\nstep: ${step}\nattempt: 1\nstate: done\nverdict: clean\n---\n\nAll is well.\n`;
  const [forged, claimed, restored] = ["cold", "scope", "risk"].map((it) => `sessions/other/${it}.md`) as [
    string,
    string,
    string,
  ];
  const script = "touch ready\nwhile [ ! -e go ]; do sleep 0.05; done";
  const board = await applyBoard({ "board/doing/a.md": claimedTask(script) });
  board.write("board/doing/other.md", "---\nassigned: scope/1@B\n---\n# Other\n");
  board.write(restored, done("risk"));
  await board.commit();
  rmSync(join(board.root, restored));
  // The claim is spent by now, as after a restart of the daemon.
  board.write("board/doing/other.md", "# Other\n");
  await board.commit();
  await board.run(launchOf("a"));
  await until(() => existsSync(join(board.root, ".kanband/worktrees/w1/ready")));
  for (const [path, step] of [
    [forged, "cold"],
    [claimed, "scope"],
    [restored, "risk"],
  ] as const)
    board.write(path, done(step));
  board.write(".kanband/worktrees/w1/go", "");
  await board.over();
  await collectAll(board);

  expect([forged, claimed, restored].map((it) => existsSync(join(board.root, it)))).toEqual([false, true, true]);
  expect((await board.look()).sessions.get("a")?.[0]).toMatchObject({ state: "done", reason: null });
  const said = board.read("sessions/a/engineer.md");
  const [, copy = ""] = /^Taken away: `sessions\/other\/cold\.md`.* is kept in `(.*?)`\./m.exec(said) ?? [];
  expect(board.read(copy)).toBe(done("cold"));
  expect(said.match(/Taken away/g)).toHaveLength(1);
});
