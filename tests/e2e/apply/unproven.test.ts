import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { applyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";
import { until } from "./until.ts";

it("what any of several runs may have done to git's files is undone and told to each, and fails none", async () => {
  const wait = "\ntouch ready\nwhile [ ! -e go ]; do sleep 0.05; done";
  const evil = 'echo "* filter=evil" > ../../../.git/info/attributes\ngit config core.fsmonitor ./evil.sh\n';
  const board = await applyBoard({
    "board/doing/a.md": claimedTask(`${evil}echo a > a.txt${wait}`),
    "board/doing/b.md": claimedTask(`echo b > b.txt${wait}`),
  });
  const end = async (name: string): Promise<void> => {
    board.write(`.kanband/worktrees/${name}/go`, "");
    const isOver = ({ state, record }: ReturnType<typeof board.runs>[number]): boolean =>
      state === "exited" && (record as { worktree: string }).worktree.endsWith(name);
    await until(() => board.runs().some(isOver));
    await collectAll(board);
  };
  const ready = (name: string) => until(() => existsSync(join(board.root, ".kanband/worktrees", name, "ready")));
  await board.run(launchOf("b", { slot: "B" }));
  await ready("w1");
  await board.run(launchOf("a"));
  await ready("w2");
  await end("w1");
  expect(existsSync(join(board.root, ".git/info/attributes"))).toBe(false);
  expect(readFileSync(join(board.root, ".git/config"), "utf8")).not.toContain("fsmonitor");
  await end("w2");
  const { sessions } = await board.look();
  expect(["a", "b"].map((id) => sessions.get(id)?.[0]?.state)).toEqual(["done", "done"]);
  for (const [id, other] of [
    ["a", "b"],
    ["b", "a"],
  ] as const) {
    await board.run({ kind: "check", taskId: id, slot: "A", attempt: 1 });
    const told = `changed config (core.fsmonitor), while ${other} ran as well`;
    expect(board.read(`sessions/${id}/engineer.md`)).toContain(`Undone, and which run did it cannot be told: ${told}.`);
    expect((await board.look()).sessions.get(id)?.find(({ step }) => step === "checks")).toMatchObject({
      verdict: "inconclusive",
      reason: expect.stringContaining(`changed info/attributes, while ${other} ran as well`),
    });
  }
  expect(board.complaints).toEqual([]);
});
