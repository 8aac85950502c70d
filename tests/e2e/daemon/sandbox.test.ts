import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { agentsOf, inLane, kanband, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { gitAt } from "../../helpers/git-repo.ts";
import { type LiveBoard, liveBoard } from "../../helpers/live-board.ts";

const FIXTURES = new URL("../../fixtures/agents", import.meta.url).pathname;
const PROBE = ["--die-with-parent", "--unshare-pid", "--ro-bind", "/", "/", "--proc", "/proc", "true"];
const WORKS = {
  bwrap: spawnSync("bwrap", PROBE).status === 0,
  srt: spawnSync("srt", ["--version"]).status === 0,
};
for (const [tier, works] of Object.entries(WORKS)) {
  if (!works) console.log(`${tier} does not work here: its tests are skipped`);
}

type Probe = { board: LiveBoard; said: string; before: World };
type World = ReturnType<typeof worldOf>;

/** What an agent has no business to change. */
function worldOf(board: LiveBoard) {
  const git = (path: string): string => {
    const whole = join(board.root, ".git", path);
    return existsSync(whole) ? readFileSync(whole, "utf8") : "";
  };
  return {
    config: git("config"),
    head: git("HEAD"),
    attributes: git("info/attributes"),
    hooks: readdirSync(join(board.root, ".git/hooks")).toSorted(),
    readme: board.read("README.md"),
    app: board.read("src/app.txt"),
    persona: board.read("personas/engineer.md"),
    settings: board.read("board/board.md"),
    other: board.read("board/planned/other.md"),
    session: board.read("sessions/other/engineer.md"),
  };
}

/** Lets an agent try all it can; what it could is in its answer. */
async function probe(fixture: string, tier: string): Promise<Probe> {
  const board = await liveBoard({
    settings: `sandbox: ${tier}\ngrace: 1s\nretry: { limit: 0 }\nrework: { limit: 0 }\nagents:\n  prober: { command: [sh, -c, "exec ${FIXTURES}/${fixture}.sh $ARGS"], env: [ARGS, REAL_HOME, OUTSIDE, DAEMON_PID] }\n`,
    files: {
      "board/planned/other.md": "---\npriority: low\ndependencies: [nobody]\n---\n# Other\n",
      "sessions/other/engineer.md": "---\nstate: done\n---\n\nSaid before.\n",
    },
  });
  await board.git("branch", "keep");
  // Beside the repository, as HOME and the rest of a machine are.
  const outside = mkdtempSync(join(tmpdir(), "kanband-outside-"));
  const home = mkdtempSync(join(tmpdir(), "kanband-person-"));
  onTestFinished(() => {
    for (const dir of [outside, home]) rmSync(dir, { recursive: true, force: true });
  });
  writeFileSync(join(home, "secret"), "marmalade\n");
  const remote = join(board.root, ".git/remote.git");
  await board.git("init", "--quiet", "--bare", remote);
  await board.git("remote", "add", "origin", remote);
  const env = {
    ARGS: `${board.root} ${remote}`,
    REAL_HOME: home,
    OUTSIDE: outside,
    DAEMON_PID: String(process.pid),
    CANARY: "x",
  };
  const before = worldOf(board);
  board.write("board/planned/a.md", "---\nagent: prober\n---\n# Probe\n");
  await board.start({ env });
  await soon(board, "it is over", () => ["for_review", "blocked"].includes(board.lane("a") ?? ""));
  await settled(board);
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(home)).toEqual(["secret"]);
  return { board, said: sessionText(board, "a"), before };
}

const tried = (said: string, what: string): string[] =>
  [...said.slice(0, said.indexOf("## Activity")).matchAll(new RegExp(`^${what}: (.*)$`, "gm"))].map(
    ([, it = ""]) => it,
  );

describe.each(["bwrap", "srt"] as const)("in the sandbox of %s", (tier) => {
  const it = test.skipIf(!WORKS[tier]);

  it("nothing of 39 ways to change what is not its own succeeds, and its own work counts", async () => {
    const { board, said, before } = await probe("tampers", tier);
    console.log(`tampering under ${tier}: ${tried(said, "could not").length} ways tried in vain`);

    // Where the checkout is out of sight, what is written there goes into a folder of the box's own, and is gone with it.
    expect(tried(said, "could").filter((it) => it !== "write a file of the checkout")).toEqual([]);
    expect(tried(said, "could not").length).toBeGreaterThanOrEqual(25);
    expect(worldOf(board)).toEqual(before);
    expect(await board.git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags")).toBe(
      "refs/heads/kanband/a\nrefs/heads/keep\nrefs/heads/main",
    );
    expect(said).toContain(`\nsandbox: ${tier}\n`);
    expect(board.lane("a")).toBe("for_review");
    expect(await board.git("show", "kanband/a:work.txt")).toBe("work");
  });

  it("nothing of twelve ways to push succeeds", async () => {
    const { board, said } = await probe("pushes", tier);
    const { stdout } = await kanband(board.root, ["agents", "doctor", "--json"]);
    const [isolation] = (JSON.parse(stdout) as { isolation: object[] }).isolation;
    expect(isolation).toMatchObject({ wish: tier, slots: ["A", "B"], tier, problem: null });
    expect(JSON.stringify(isolation)).toMatch(/39 of 39 other ways .*12 of 12 ways failed.*network.*reading.*HOME/);
    console.log(`pushing under ${tier}: ${tried(said, "could not").length} ways tried in vain`);

    expect(tried(said, "could")).toEqual([]);
    expect(tried(said, "could not").length).toBeGreaterThanOrEqual(10);
    expect(await gitAt(join(board.root, ".git/remote.git"))("for-each-ref")).toBe("");
  });

  it("git tells an agent what it asks, and commits nothing", async () => {
    const board = await liveBoard({ settings: `sandbox: ${tier}\ngrace: 1s\n` });
    const script = [
      "echo one more >> src/app.txt",
      "git status --short",
      "git diff --stat",
      "git log -1 --format=%s",
      "! git commit -qam x",
      "ps -e | wc -l",
      "echo x > ~/mine; ls ~",
    ];
    board.write("board/planned/a.md", `# Ask\n\n\`\`\`sh\n${script.join("\n")}\n\`\`\`\n`);
    // A HOME that is a link is out of sight where it leads, and there to be written to all the same.
    const home = mkdtempSync(join(homedir(), ".kanband-test-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    mkdirSync(join(home, "real"));
    writeFileSync(join(home, "real/secret"), "marmalade");
    symlinkSync("real", join(home, "link"));
    await board.start({ env: { HOME: join(home, "link") } });
    await inLane(board, "a", "for_review");

    const said = sessionText(board, "a");
    expect(said).toContain(" M src/app.txt");
    expect(said).toContain("1 file changed");
    expect(said).not.toContain("secret");
    expect(readdirSync(join(home, "real"))).toEqual(["secret"]);
    expect(await board.git("log", "-1", "--format=%an", "kanband/a")).not.toBe("kanband agent");
    expect(await board.git("show", "kanband/a:src/app.txt")).toBe("one\none more");
  });

  it("what is verified runs in it, too: the agent may have written it", async () => {
    const outside = mkdtempSync(join(homedir(), ".kanband-test-"));
    onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
    const verify = `sh -c "echo evil > ${outside}/evil || true; test -e x.txt"`;
    const board = await liveBoard({ settings: `sandbox: ${tier}\ngrace: 1s\nverify: ['${verify}']\n` });
    board.write("board/planned/a.md", "# Work\n\n```sh\necho x > x.txt\n```\n");
    await board.start();
    await inLane(board, "a", "for_review");
    board.mv("a", "done");
    await soon(board, "it is merged", async () =>
      (await board.git("ls-tree", "--name-only", "main")).includes("x.txt"),
    );
    expect(readdirSync(outside)).toEqual([]);
  });

  it("the set-up runs in it as well, and no link that an agent leaves leads anybody out", async () => {
    const outside = mkdtempSync(join(homedir(), ".kanband-test-"));
    onTestFinished(() => rmSync(outside, { recursive: true, force: true }));
    writeFileSync(join(outside, "secret"), "marmalade");
    writeFileSync(join(outside, "mine"), "as it was");
    const board = await liveBoard({
      settings: `sandbox: ${tier}\ngrace: 1s\nworktree: { setup: ["[ ! -e setup.sh ] || sh setup.sh"] }\nverify: ["test -e second"]\n`,
    });
    // In its second attempt it looks at what the daemon has made of its links in the first.
    const script = [
      "if [ -e first ]; then cat .session/.setup-paths || :; touch second; exit 0; fi",
      "touch first",
      `echo 'echo evil > ${outside}/evil; git update-ref refs/heads/evil HEAD; true' > setup.sh`,
      "rm -f .session/.setup-done",
      `ln -sf ${outside}/mine .session/.setup-blobs`,
      `ln -sf ${outside}/secret .session/.setup-paths`,
    ];
    board.write("board/planned/a.md", `# Escape\n\n\`\`\`sh\n${script.join("\n")}\n\`\`\`\n`);
    await board.start();
    await soon(board, "it is over", () => ["for_review", "blocked"].includes(board.lane("a") ?? ""));
    await settled(board);

    expect(readdirSync(outside).toSorted()).toEqual(["mine", "secret"]);
    expect(readFileSync(join(outside, "mine"), "utf8")).toBe("as it was");
    expect(sessionText(board, "a")).toMatch(/^attempt: 2$/m);
    expect(sessionText(board, "a")).not.toContain("marmalade");
    expect(await board.git("branch", "--list", "evil")).toBe("");
  });

  it("a process that an agent leaves is gone with it", async () => {
    const board = await liveBoard({ settings: `sandbox: ${tier}\ngrace: 1s\n` });
    const script = "(setsid sleep 600 > /dev/null 2>&1 &)\nsleep 601 > /dev/null 2>&1 &\necho x > x.txt";
    board.write("board/planned/a.md", `# Leave\n\n\`\`\`sh\n${script}\n\`\`\`\n`);
    await board.start();
    await inLane(board, "a", "for_review");
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
    expect(spawnSync("pgrep", ["-f", "^sleep 60[01]$"]).stdout.toString()).toBe("");
  });
});

describe("srt that is killed", () => {
  test.skipIf(!WORKS.srt)("what it leaves in the worktree is not taken for work", async () => {
    const board = await liveBoard({ settings: "sandbox: srt\ngrace: 1s\nretry: { limit: 0 }\n" });
    board.write("board/planned/a.md", "# Hang\n\n```sh\necho x > x.txt\nsleep 600\n```\n");
    await board.start();
    const worktree = join(board.root, ".kanband/worktrees/w1");
    await soon(board, "it is at work", () => existsSync(join(worktree, "x.txt")));
    const [srt] = spawnSync("pgrep", ["-f", `^node [^ ]*/srt --settings ${board.root}/`])
      .stdout.toString()
      .split("\n");
    process.kill(Number(srt), "SIGKILL");
    await inLane(board, "a", "blocked");

    const kept = await board.git("diff", "--name-only", "main...refs/kanband/preserved/a/1");
    expect(kept).toBe("x.txt");
  });
});

describe("without a sandbox", () => {
  it("six of twelve ways to push succeed, where the remote asks for nothing, and `doctor` says so", async () => {
    const { board, said } = await probe("pushes", "none");
    const [open, closed] = [tried(said, "could"), tried(said, "could not")];
    console.log(`pushing without a sandbox: ${closed.length} ways tried in vain, ${open.length} open`);

    expect(closed).toEqual([
      "push",
      "push by path",
      "push by file url",
      "push without hooks",
      "push with own settings",
      "push from the checkout",
    ]);
    expect(open).toHaveLength(6);
    expect(said).toMatch(/^sandbox: none$/m);
    for (const args of [["doctor"], ["agents", "doctor"]]) {
      const { stdout } = await kanband(board.root, args);
      expect(stdout).toMatch(/^warn +isolation +sandbox: none is none in slot A, B: agents run with your own rights$/m);
      expect(stdout).toMatch(/^ok +none holds +pushing: 6 of 12 ways failed/m);
      expect(stdout).toMatch(/^warn +none leaves open +pushing: 6 of 12 ways/m);
      expect(stdout).toMatch(/^warn +none leaves open +leftovers: .* an empty environment .* outlives its task/m);
      for (const what of ["writing", "git in your name", "reading", "network", "processes"])
        expect(stdout).toMatch(new RegExp(`^warn +none leaves open +${what}: `, "m"));
    }
  });
});

describe("a sandbox that is asked for by name and does not work", () => {
  it("starts nothing, and says what to do", async () => {
    const board = await liveBoard({ settings: "sandbox: bwrap\ngrace: 1s\n" });
    board.write("board/planned/a.md", "# Work\n\n```sh\necho x > x.txt\n```\n");
    const git = spawnSync("sh", ["-c", "command -v git"]).stdout.toString().trim();
    const bin = join(board.root, ".git/bin");
    mkdirSync(bin);
    spawnSync("ln", ["-s", git, "/bin/sh", bin]);
    for (const tool of ["cat", "sleep", "find", "mkdir", "rm"])
      spawnSync("sh", ["-c", `ln -s "$(command -v ${tool})" ${bin}`]);
    await board.start({ env: { PATH: bin } });
    await inLane(board, "a", "blocked");

    expect(board.read("board/blocked/a.md")).toMatch(
      /^blocked: .*sandbox: bwrap does not work here: bwrap is not installed/m,
    );
    expect(existsSync(join(board.root, ".kanband/worktrees/w1/x.txt"))).toBe(false);
  });
});
