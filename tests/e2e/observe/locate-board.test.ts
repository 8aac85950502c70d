import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { locateBoard } from "../../../src/observe/locate-board.ts";
import { observeOnce } from "../../../src/observe/observe-once.ts";
import { openBoard } from "../../../src/observe/open-board.ts";
import { gitRepo, tempFolder } from "../../helpers/git-repo.ts";
import { taskOf } from "./observed-board.ts";

it("finds a board at the top of the repository, from any folder below it, also by way of a link", async () => {
  const { root, git } = await gitRepo({ "board/planned/a.md": "# A\n", "src/deep/x.ts": "" });
  const link = join(tempFolder(), "link");
  symlinkSync(root, link);
  await git("worktree", "add", "-q", "--no-checkout", "--detach", join(root, ".kanband/worktrees/w1"));

  for (const dir of [
    root,
    join(root, "src/deep"),
    join(root, "board/planned"),
    link,
    join(root, ".kanband/worktrees/w1"),
  ]) {
    expect(await locateBoard(dir)).toEqual({ boardRoot: root, layout: "inline", repoTop: root });
  }
});

it("finds a board on its own branch from the code, and from inside its worktree", async () => {
  const { root, git } = await gitRepo({ "src/x.ts": "" });
  const own = join(root, "kanban");
  await git("worktree", "add", "-q", "--orphan", "-b", "kanban", own).catch(async () => {
    const empty = await git("commit-tree", "-m", "Empty", await git("hash-object", "-t", "tree", "-w", "/dev/null"));
    await git("worktree", "add", "-q", "-b", "kanban", own, empty);
  });
  mkdirSync(join(own, "board/planned"), { recursive: true });

  for (const dir of [root, join(root, "src"), own, join(own, "board/planned")]) {
    expect(await locateBoard(dir)).toEqual({ boardRoot: own, layout: "own-branch", repoTop: root });
  }
  const board = await openBoard(join(root, "src"));
  expect(board).toMatchObject({ boardRoot: own, boardRepo: { top: own }, codeRepo: { top: root } });
  expect(board.runtimeDir).toBe(join(root, ".git/kanband"));
  await board.close();
});

it("takes the code from where the settings say", async () => {
  const code = await gitRepo({ "x.ts": "" });
  const { root } = await gitRepo({ "board/board.md": `---\ncode: ${code.root}\n---\n` });

  const board = await openBoard(root);

  expect(board).toMatchObject({
    boardRoot: root,
    codeRepo: { top: code.root },
    runtimeDir: join(root, ".git/kanband"),
  });
  await board.close();
});

it("says what is missing", async () => {
  const { root } = await gitRepo({ "x.ts": "" });

  await expect(locateBoard(root)).rejects.toMatchObject({ code: "NO_BOARD", exitCode: 3 });
  await expect(locateBoard(tempFolder())).rejects.toMatchObject({ code: "NOT_A_REPOSITORY", exitCode: 3 });
  await expect(locateBoard(join(root, "never/there"))).rejects.toMatchObject({ code: "NOT_A_REPOSITORY" });
});

it("looks once for those who only want to see the board, and takes files as committed as they are", async () => {
  const { root } = await gitRepo({ "board/planned/a.md": "# A\n", "personas/p.md": "Do.\n" });
  const board = await openBoard(root);

  const snapshot = await observeOnce(board, Date.now);
  await board.close();

  const a = taskOf(snapshot, "a");
  expect(a).toMatchObject({ headPath: "board/planned/a.md", isSettled: true });
  expect(a.headSha).toBe(a.blobSha);
  expect(snapshot.uncommitted).toEqual([]);
  expect([...snapshot.personas.keys()]).toEqual(["p"]);
  expect(snapshot.repo.state).toBe("ready");
});
