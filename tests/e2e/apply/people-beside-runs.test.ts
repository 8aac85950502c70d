import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { guardRepository } from "../../../src/apply/guard.ts";
import { readPutBack } from "../../../src/apply/put-back-note.ts";
import { readRunFacts } from "../../../src/apply/run-facts.ts";
import { findTampering } from "../../../src/apply/tampering.ts";
import { gitAt, gitRepo, tempFolder } from "../../helpers/git-repo.ts";
import {
  type ApplyBoard,
  applyBoard,
  claimedTask,
  collectAll,
  LANES,
  launchOf,
  openApplyBoard,
  PERSONAS,
  runToEnd,
} from "./apply-board.ts";
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
    await it.git("update-ref", "refs/kanband/fetched/0", "HEAD");
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
  // As the next `kanband pr` does.
  await git("update-ref", "-d", "refs/kanband/fetched/0");
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

it("in a worktree of a bare repository, where git keeps no logs, their fetches and branches stay", async () => {
  const [folder, source] = [tempFolder(), await gitRepo({ ...LANES, ...PERSONAS, "src/app.txt": "one\n" })];
  const bare = gitAt(folder);
  await source.git("branch", "old");
  await bare("clone", "-q", "--bare", source.root, ".git");
  await bare("config", "user.name", "Test");
  await bare("config", "user.email", "test@example.invalid");
  await bare("worktree", "add", "-q", "main", "main");
  await bare("symbolic-ref", "refs/kanband/board", "refs/heads/main");
  const board = await openApplyBoard(join(folder, "main"));
  board.write("board/doing/a.md", claimedTask("echo w > w.txt\ntouch ready\nwhile [ ! -e go ]; do sleep 0.05; done"));
  await board.commit();
  await board.run(launchOf("a"));
  await until(() => existsSync(join(board.root, ".kanband/worktrees/w1/ready")));
  await source.git("commit", "-q", "--allow-empty", "-m", "More");
  for (const name of ["colleague", "old"]) await source.git("branch", "-f", name);
  await bare("fetch", "-q", "origin", "+refs/heads/colleague:refs/heads/colleague", "+refs/heads/old:refs/heads/old");
  await bare("branch", "hotfix");
  await board.git("commit", "-q", "--allow-empty", "-m", "Mine");
  const look = async () => (await bare("for-each-ref", "refs/heads")).replace(/.*kanband\/a\n/, "");
  const refs = await look();
  board.write(".kanband/worktrees/w1/go", "");
  await board.over();
  await collectAll(board);

  expect(await session(board)).toMatchObject({ state: "done", reason: null });
  expect(await look()).toBe(refs);
  expect(refs.match(/(?<=heads\/)\S+/g)).toEqual(["colleague", "hotfix", "main", "old"]);
  expect(board.complaints).toEqual([]);
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

it("their edit of a finished session is put back and kept, the run is told of it, and is done", async () => {
  const path = "sessions/other/engineer.md";
  const { board, end } = await beside("echo work > w.txt", async ({ write, commit }) => {
    write(path, "---\nstate: done\n---\n\nSaid before.\n");
    await commit();
  });
  const old = board.read(path);
  const mine = `${old}\nMy note.\n`;
  board.write(path, mine);
  // Who is in a sandbox cannot have done it, and then nobody did.
  const [run] = board.runs();
  const facts = readRunFacts(run?.record);
  if (run === undefined || facts === null) throw new Error("there is no run");
  await findTampering(board.world, run, { ...facts, sandbox: "bwrap" });
  expect(board.read(path)).toBe(mine);
  await end();

  expect(board.read(path)).toBe(old);
  expect(await session(board)).toMatchObject({ state: "done", reason: null });
  const said = board.read("sessions/a/engineer.md");
  const [, copy = ""] = /^Put back: `sessions\/other\/engineer\.md`.* is kept in `(.*?)`\./m.exec(said) ?? [];
  expect(board.read(copy)).toBe(mine);
  expect(board.complaints.join()).toContain(path);
  const [note] = readPutBack(board.world.runtimeDir, Date.now());
  expect(note).toMatchObject({ path, taskId: "a", copy: join(board.root, copy) });
  expect(readPutBack(board.world.runtimeDir, Date.now() + 2 * 86_400_000)).toEqual([]);
});

const configOf = (board: ApplyBoard): string => readFileSync(join(board.root, ".git/config"), "utf8");

it("what their settings come to stays, and the run is done", async () => {
  const folder = tempFolder();
  const { board, guard, end } = await beside("echo work > w.txt", async (it) => {
    await it.git("config", "extensions.worktreeConfig", "true");
    await it.git("config", "--worktree", "core.hooksPath", "/mine");
    await it.git("config", "remote.old.pushurl", "https://example.invalid/old");
    await it.git("config", "remote.old.url", "https://example.invalid/old");
    await it.git("clone", "-q", "--bare", ".", join(folder, "sub.git"));
  });
  const { git } = board;
  await git("-c", "protocol.file.allow=always", "submodule", "add", "-q", join(folder, "sub.git"), "sub");
  await git("commit", "-qm", "Sub");
  const settings = [
    ["alias.st", "status"],
    ["pull.rebase", "true"],
    ["rerere.enabled", "true"],
    ["user.name", "Me"],
    ["core.logAllRefUpdates", "always"],
    ["core.fsmonitor", "false"],
    ["filter.lfs.clean", "git-lfs clean -- %f"],
  ] as const;
  for (const [key, value] of settings) await git("config", key, value);
  await git("remote", "add", "origin", "https://example.invalid/x");
  await git("remote", "rename", "old", "new");
  await git("sparse-checkout", "set", "--no-cone", "/*");
  await git("worktree", "add", "-q", "-b", "beside", join(folder, "beside"));
  const config = configOf(board);
  // What a file manager leaves where it looked; git passes it over.
  const files = {
    ".git/info/attributes": "*.sh text eol=lf\n",
    ".git/refs/heads/.DS_Store": "\0\0",
  };
  for (const [path, text] of Object.entries(files)) board.write(path, text);
  await guard();
  await end();

  expect(await session(board)).toMatchObject({ state: "done", reason: null });
  expect(configOf(board)).toBe(config);
  for (const [path, text] of Object.entries(files)) expect(board.read(path)).toBe(text);
  expect(await git("submodule", "status")).toMatch(/^ ?[0-9a-f]{40} sub/);
  const own = readFileSync(join(board.root, ".git/worktrees/beside/config.worktree"), "utf8");
  expect(own).toMatch(/\/mine[^]*sparseCheckout/);
  expect(board.complaints).toEqual([]);
});

it("of the settings those alone are put back that make git run something, and what they were is kept", async () => {
  const script = [
    "git config core.editor evil-editor",
    "git config core.fsmonitor ./evil.sh",
    "git config alias.evil '!evil'",
    "git config --add credential.helper evil-helper",
    "git config filter.evil.clean evil-clean",
    "git config --worktree core.sshCommand evil-ssh",
  ];
  const mine = '# mine\n[core]\n\tEditor = "vi -n" ; as ever\n[credential]\n\thelper = cache\n';
  const { board, end } = await beside(script.join("\n"), async (it) => {
    await it.git("config", "extensions.worktreeConfig", "true");
    appendFileSync(join(it.root, ".git/config"), mine);
  });
  const { git } = board;
  expect(configOf(board)).toContain("evil");
  await git("config", "pull.rebase", "true");
  await git("config", "alias.st", "status");
  await end();

  const { reason } = (await session(board)) ?? {};
  expect(reason).toBe(
    "it changed the repository outside its branch: changed config (alias.evil, core.editor, core.fsmonitor, " +
      "credential.helper, filter.evil.clean); changed worktrees/w1/config.worktree (core.sshcommand)",
  );
  const config = configOf(board);
  expect(config).not.toContain("evil");
  expect(config).toContain(`${mine}[alias]\n\tst = status\n[pull]\n\trebase = true\n`);
  const kept = await git("for-each-ref", "--format=%(refname)", "refs/kanband/preserved/a");
  const texts = await Promise.all(kept.split("\n").map((ref) => git("show", `${ref}:config`).catch(() => "")));
  expect(texts.join()).toContain("evil-helper");
});

it("what breaks while the guard looks is mended when it looks again", async () => {
  const { board, end } = await beside("echo work > w.txt");
  const config = join(board.root, ".git/config");
  const whole = readFileSync(config, "utf8");
  for (let moment = 1, asked = moment; asked >= moment; moment++) {
    writeFileSync(config, `${whole}# ${moment}\n`);
    asked = 0;
    const world = {
      ...board.world,
      // It asks for this whenever it looks at something.
      get boardRepo() {
        if (++asked === moment) appendFileSync(config, "[garbage\n");
        return board.world.boardRepo;
      },
    };
    await guardRepository(world);
    await guardRepository(board.world);
    expect(readFileSync(config, "utf8"), `moment ${moment}`).not.toContain("garbage");
  }
  await end();
});

it("what the board's own set-up does to settings and hooks is nobody's tampering", async () => {
  const setup = ["git config core.hooksPath .husky/_", 'echo : > "$(git rev-parse --git-common-dir)/hooks/pre-commit"'];
  const settings = { worktree: { copy: [], setup, pool: 0 } };
  const board = await applyBoard({ "board/doing/a.md": claimedTask("echo work > w.txt") }, { settings });
  await runToEnd(board, launchOf("a"));
  expect(await session(board)).toMatchObject({ state: "done", reason: null });
  expect(await board.git("config", "core.hooksPath")).toBe(".husky/_");
  expect(existsSync(join(board.root, ".git/hooks/pre-commit"))).toBe(true);
});
