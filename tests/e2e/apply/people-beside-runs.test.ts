import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { guardRepository } from "../../../src/apply/guard.ts";
import { tempFolder } from "../../helpers/git-repo.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf } from "./apply-board.ts";
import { until } from "./until.ts";

const session = async (board: ApplyBoard) => (await board.look()).sessions.get("a")?.[0];

/** A run that has begun; it ends with `end`. */
async function beside(script: string, prepare: (board: ApplyBoard) => Promise<unknown> = async () => undefined) {
  const ready = "touch ready\nwhile [ ! -e go ]; do sleep 0.05; done";
  const board = await applyBoard({ "board/doing/a.md": claimedTask(`${script}\n${ready}`) });
  await prepare(board);
  await board.run(launchOf("a"));
  await until(() => existsSync(join(board.root, ".kanband/worktrees/w1/ready")));
  const guard = async (): Promise<string> => {
    await guardRepository(board.world, { isAll: true });
    return readFileSync(join(board.root, ".git/HEAD"), "utf8").trim();
  };
  const end = async (): Promise<void> => {
    board.write(".kanband/worktrees/w1/go", "");
    await board.over();
    await guard();
    await collectAll(board);
  };
  return { board, guard, end };
}

it("what people do to HEAD, branches, their logs and remotes stays, and the run is done", async () => {
  const remote = tempFolder();
  const { board, guard, end } = await beside("echo work > w.txt", async (it) => {
    await it.git("init", "-q", "--bare", remote);
    await it.git("remote", "add", "origin", remote);
    await it.git("push", "-q", "origin", "main");
    await it.git("remote", "set-head", "origin", "main");
    for (const name of ["pruned", "broken"])
      await it.git("branch", name, await it.git("commit-tree", "-m", name, "HEAD^{tree}"));
    await it.git("switch", "-q", "-c", "once");
    await it.git("switch", "-q", "main");
  });
  const { git } = board;
  const heads: string[] = [];
  await git("reflog", "expire", "--expire=now", "--all");
  await git("switch", "-q", "-c", "feature");
  for (let count = 0; count < 8; count++) await git("commit", "-q", "--allow-empty", "-m", `Commit number ${count}`);
  heads.push(await guard());
  await git("branch", "-m", "main", "trunk");
  heads.push(await guard());
  await git("branch", "-m", "trunk", "main");
  await git("branch", "emptied");
  await git("reflog", "expire", "--expire=now", "--all");
  await git("branch", "-qD", "pruned");
  await git("prune", "--expire=now");
  const lost = await git("commit-tree", "-m", "Lost", "HEAD^{tree}");
  await git("branch", "-f", "broken", lost);
  rmSync(join(board.root, ".git/refs/heads/broken"));
  await git("switch", "-q", "main");
  await git("commit", "-q", "--allow-empty", "-m", "Mine");
  await git("commit", "-q", "--allow-empty", "-m", "Unsaid");
  await git("reflog", "delete", "main@{0}");
  await git("-c", "core.logAllRefUpdates=false", "branch", "unlogged");
  heads.push(await guard());
  await git("remote", "set-head", "origin", "-d");
  await guard();
  await git("remote", "set-head", "origin", "main");
  await git("remote", "remove", "origin");
  heads.push(await guard());
  const refs = await git("for-each-ref", "refs/heads", "refs/remotes");
  await end();

  expect(board.complaints).toEqual([]);
  expect(await session(board)).toMatchObject({ state: "done", reason: null });
  expect(heads).toEqual(["feature", "feature", "main", "main"].map((it) => `ref: refs/heads/${it}`));
  const others = (text: string): string => text.replace(/.*refs\/heads\/kanband\/a\n?/, "");
  expect(others(await git("for-each-ref", "refs/heads", "refs/remotes"))).toBe(others(refs));
  for (const name of ["emptied", "unlogged", "feature"]) expect(`${refs}\n`).toContain(`refs/heads/${name}\n`);
  expect(await git("for-each-ref", "--points-at", lost, "--format=%(refname)")).toBe("refs/kanband/preserved/a/1");
});

it("copies of its branch are whose hand made them", async () => {
  const { board, end } = await beside("echo work > w.txt\ngit add w.txt\ngit commit -qm work\ngit branch -c main evil");
  await board.git("branch", "-c", "kanband/a", "copied");
  await board.git("branch", "-c", "kanband/a", "once");
  await board.git("branch", "-m", "once", "renamed");
  await end();

  expect((await session(board))?.reason).toBe("it changed the repository outside its branch: moved refs/heads/evil");
  const names = await board.git("for-each-ref", "--format=%(refname:short) %(subject)", "refs/heads");
  expect(names.split("\n").map((it) => it.split(" ")[0])).toEqual(["copied", "kanband/a", "main", "renamed"]);
  expect(names).toContain("copied work");
});
