import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { expectSound, inLane, kanband, sessionText, settled, soon, status } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(1, 3);

/** One way to tamper: a script in the run's worktree with TOP and GIT set, and what the run's session says of it. */
type Way = readonly [script: string, said: string | RegExp];

const EVIL = "$(git commit-tree -m evil HEAD^{tree})";

/** Each list is one run; what would keep the next way from being tried comes last. */
const WAYS: Readonly<Record<string, readonly Way[]>> = {
  refs: [
    [`git update-ref refs/heads/main ${EVIL}`, "moved refs/heads/main"],
    [`git branch -f other ${EVIL}`, "moved refs/heads/other"],
    ["git branch evil", "moved refs/heads/evil"],
    ["git tag evil", "moved refs/tags/evil"],
    ["git branch -qD keep", "deleted refs/heads/keep"],
    ["git tag -d v1", "deleted refs/tags/v1"],
    [`git rev-parse other > "$GIT/refs/heads/moved-by-hand"`, "moved refs/heads/moved-by-hand by hand"],
    [`rm "$GIT/refs/heads/by-rm"`, "removed refs/heads/by-rm by hand"],
    [`sed -i '/kept-in-packed/d' "$GIT/packed-refs"`, "removed refs/heads/kept-in-packed by hand"],
    [`echo garbage > "$GIT/refs/heads/garbage"`, "broke refs/heads/garbage"],
    ["git symbolic-ref refs/kanband/board refs/heads/other", /(?:changed|moved) refs\/kanband\/board/],
  ],
  files: [
    ["git config core.fsmonitor ./evil.sh", "changed config"],
    [`printf '#!/bin/sh\n' > "$GIT/hooks/post-commit"; chmod +x "$GIT/hooks/post-commit"`, "changed hooks/post-commit"],
    [`echo 'exit 1' >> "$GIT/hooks/pre-commit"`, "changed hooks/pre-commit"],
    [`echo '* filter=evil' > "$GIT/info/attributes"`, "changed info/attributes"],
    [`: > "$GIT/info/exclude"`, "changed info/exclude"],
    [`echo /evil > "$GIT/objects/info/alternates"`, "changed objects/info/alternates"],
    [`git rev-parse HEAD > "$GIT/info/grafts"`, "changed info/grafts"],
    [`git rev-parse HEAD > "$GIT/shallow"`, "changed shallow"],
    [`echo tampered >> "$TOP/sessions/other/engineer.md"`, "Put back: `sessions/other/engineer.md`"],
    [
      `mkdir "$TOP/.kanband/worktrees/w9"; touch "$TOP/.kanband/worktrees/w9/evil"`,
      "left something among the worktrees",
    ],
    [`echo 'ref: refs/heads/other' > "$OTHER/HEAD"`, "moved HEAD of worktrees/w"],
    [`echo 'gitdir: /nowhere' > .git`, "changed .git of its worktree"],
  ],
  garbage: [
    [`echo garbage >> "$GIT/packed-refs"`, "broke packed-refs"],
    [`echo garbage >> "$GIT/index"`, "broke the index"],
    [`echo garbage > "$GIT/HEAD"`, "broke HEAD"],
    [`echo garbage > "$GIT/refs/heads/main"`, "broke refs/heads/main"],
    [`echo '[garbage' >> "$GIT/config"`, "broke config"],
    [`echo garbage > "$GIT/worktrees/$(basename "$PWD")/HEAD"`, "broke HEAD of its worktree"],
  ],
  gone: [
    [`git -C "$TOP" symbolic-ref HEAD refs/heads/other`, "moved HEAD"],
    [`: > "$GIT/packed-refs"`, "broke packed-refs"],
    [`rm "$GIT/index"`, "removed the index"],
    ["rm .git", "removed .git of its worktree"],
  ],
  rest: [
    [`rm "$GIT/refs/heads/main"`, "removed refs/heads/main"],
    [`git -C "$TOP" checkout -q other`, "switched HEAD"],
    ["rm .git; mkdir .git; touch .git/evil", "put something else in place of .git"],
  ],
};

/** What may as well be a person's, by a program that keeps no logs: nobody undoes it, and nothing is lost. */
const OPEN = [`git rev-parse HEAD > "$GIT/refs/heads/by-hand"`];

const COUNT = Object.values(WAYS).flat().length;

const git = (board: LiveBoard, ...args: string[]): string =>
  spawnSync("git", args, { cwd: board.root, encoding: "utf8" }).stdout;

/** What must be as it was. */
function stateOf(board: LiveBoard) {
  const read = (path: string): string => {
    const full = join(board.root, path);
    return existsSync(full) ? readFileSync(full, "utf8") : "";
  };
  const files = [
    "config",
    "HEAD",
    "info/attributes",
    "info/exclude",
    "info/grafts",
    "objects/info/alternates",
    "shallow",
  ];
  return {
    files: Object.fromEntries(files.map((it) => [it, read(`.git/${it}`)])),
    hooks: readdirSync(join(board.root, ".git/hooks")).toSorted(),
    hook: read(".git/hooks/pre-commit"),
    refs: git(board, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
      .split("\n")
      .filter((it) => !/^refs\/heads\/(?:main|kanband\/)/.test(it)),
    board: git(board, "symbolic-ref", "refs/kanband/board"),
    session: read("sessions/other/engineer.md"),
    app: read("src/app.txt"),
    staged: git(board, "diff", "--cached", "--name-status"),
    changed: git(board, "status", "--porcelain"),
  };
}

const settings = (slots: number): string =>
  `slots: ${String(slots)}\nsandbox: none\nagent: shell\ngrace: 1s\nretry: { limit: 0 }\nrework: { limit: 0 }\nworktree: { pool: 2 }\n`;

async function preparedBoard(): Promise<LiveBoard> {
  const board = await liveBoard({
    settings: settings(2),
    files: {
      "sessions/other/engineer.md": "---\nstate: done\n---\n\nSaid before.\n",
      ".git/hooks/pre-commit": "#!/bin/sh\n",
    },
  });
  board.write("src/staged.txt", "staged\n");
  await board.git("branch", "kept-in-packed", await board.git("commit-tree", "-m", "packed", "HEAD^{tree}"));
  await board.git("tag", "packed-tag");
  await board.git("pack-refs", "--all");
  for (const name of ["keep", "other", "by-rm", "garbage"]) await board.git("branch", name);
  await board.git("branch", "-f", "by-rm", await board.git("commit-tree", "-m", "loose", "HEAD^{tree}"));
  await board.git("commit", "-q", "--allow-empty", "-m", "One more");
  await board.git("branch", "moved-by-hand", "main");
  await board.git("tag", "v1");
  await board.git("add", "src/staged.txt");
  return board;
}

/** Cleaned before it is used again: nothing that anybody would have to be told. */
const IN_A_FREE_WORKTREE = [
  'OTHER=$(find "$GIT/worktrees" -mindepth 1 -maxdepth 1 ! -name "$(basename "$PWD")")',
  'echo evil > "$TOP/.kanband/worktrees/$(basename "$OTHER")/evil.txt"',
].join("\n");

const scriptOf = (scripts: readonly string[], more: string): string =>
  ['GIT=$(git rev-parse --path-format=absolute --git-common-dir); TOP=$(dirname "$GIT")', "echo work > work.txt", more]
    .concat(scripts)
    .join("\n");

it(`finds and undoes ${COUNT} ways of tampering, goes on meanwhile, and fails the runs`, async () => {
  const board = await preparedBoard();
  const before = stateOf(board);
  const main = git(board, "rev-parse", "main").trim();
  await board.start();
  await soon(board, "the pool is warm", () => existsSync(join(board.root, ".git/worktrees/w2/index")));
  // Nobody brings the other worktree up to date while the only slot is in use.
  board.write("board/board.md", `---\n${settings(1)}---\n`);
  const missed: string[] = [];

  for (const [name, ways] of Object.entries(WAYS)) {
    const free = name === "files" ? IN_A_FREE_WORKTREE : "";
    const wait = name === "garbage" ? '\n: > "$GIT/all"; while [ ! -e "$GIT/go" ]; do sleep 0.05; done' : "";
    board.write(
      `board/planned/${name}.md`,
      `# Tamper\n\n\`\`\`sh\n${scriptOf(
        ways.map(([script]) => script),
        free,
      )}${wait}\n\`\`\`\n`,
    );
    if (name === "garbage") {
      const kept = join(board.root, ".git/kanband/kept");
      await soon(board, "it breaks everything", () => existsSync(join(board.root, ".git/all")));
      board.write("board/backlog/look.md", "# Look\n");
      await soon(board, "it is mended in mid-run", () => existsSync(kept) && git(board, "log", "-1").includes("look"));
      expect(readdirSync(kept).some((it) => it.startsWith("garbage"))).toBe(true);
      expect((await status(board)).runs).toMatchObject([{ taskId: name, state: "running", sandbox: "none" }]);
      board.write("board/board.md", `---\n${settings(2)}---\n`);
      board.write("board/planned/beside.md", "# Beside\n\n```sh\necho beside > beside.txt\n```\n");
      await inLane(board, "beside", "for_review");
      board.write(".git/go", "");
    }
    await inLane(board, name, "blocked");
    await settled(board);
    const said = sessionText(board, name);
    missed.push(...ways.filter(([, it]) => said.search(it) === -1).map(([script, it]) => `${name}: ${script} (${it})`));
    expect(stateOf(board), name).toEqual(before);
    expect(said).toMatch(/^state: failed$/m);
    expect(git(board, "log", "--format=", "--name-only", `--glob=refs/kanband/preserved/${name}/*`)).toContain(
      "work.txt",
    );
    expect(said).toContain("it changed the repository outside its branch");
  }
  board.write("board/planned/open.md", `# Tamper\n\n\`\`\`sh\n${scriptOf(OPEN, "")}\n\`\`\`\n`);
  await inLane(board, "open", "for_review");
  await settled(board);
  expect(sessionText(board, "open")).toMatch(/^state: done$/m);
  expect(git(board, "branch", "--format=%(refname:short)", "--list", "by-*")).toBe("by-hand\nby-rm\n");
  console.log(`tampering without a sandbox: ${COUNT - missed.length} of ${COUNT + OPEN.length} ways found and undone`);

  expect(missed).toEqual([]);
  const all = `of ${COUNT + OPEN.length} ways`;
  const { stdout } = await kanband(board.root, ["doctor"]);
  expect(stdout).toMatch(new RegExp(`none holds +git: ${COUNT} ${all} `));
  expect((await kanband(board.root, ["check"])).stdout).toMatch(
    /sessions\/other\/engineer.md:1: .* changed while files ran without a sandbox/,
  );
  expect(stdout).toMatch(new RegExp(`none leaves open +git by hand: ${OPEN.length} ${all}`));
  // People's and the daemon's commits, and nothing of an agent's.
  expect(git(board, "log", "--format=%s", `${main}..main`)).not.toContain("evil");
  // Nor of one that wrote into the worktree that the next task got.
  expect(git(board, "log", "--all", "--format=", "--name-only")).not.toContain("evil.txt");
  expect(git(board, "merge-base", "--is-ancestor", main, "main")).toBe("");
  await expectSound(board);
});
