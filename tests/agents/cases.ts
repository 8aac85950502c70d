import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { agentsOf, settled } from "../helpers/board-watch.ts";
import { type AgentBoard, agentBoard, TASK } from "./bench-board.ts";
import { absence, type Cli } from "./clis.ts";
import { failingCases } from "./failing-cases.ts";
import { commitHostile, trustInHome } from "./hostile.ts";
import { knobCases } from "./knob-cases.ts";
import type { Answer } from "./model/answer.ts";
import { steps } from "./model/script.ts";
import { type ModelServer, type Script, startModelServer } from "./model/server.ts";
import { ownSandboxCase } from "./own-sandbox.ts";

/** Goes through all the cases with these programs, one after the other. */
export function goThrough(clis: readonly Cli[]): void {
  const model: { server: ModelServer | null } = { server: null };
  const server = (): ModelServer => {
    if (model.server === null) throw new Error("there is no model");
    return model.server;
  };
  beforeAll(async () => {
    model.server = await startModelServer(() => ({ text: "OK" }));
  });
  afterAll(async () => await model.server?.close());
  for (const cli of clis) describe(cli.name, () => cases(cli, server));

  // The last word: nothing is left behind.
  afterAll(() => {
    const left = execFileSync("sh", ["-c", `ps -eo args | grep -c '[s]leep ${LEFT}' || true`], { encoding: "utf8" });
    expect(left.trim()).toBe("0");
  });
}

// Such a process is of this run of the cases, and of no other at the same time.
const LEFT = `500.${process.pid}`;

const OWN_SANDBOX = new Set(["claude", "codex"]);

function cases(cli: Cli, server: () => ModelServer): void {
  beforeEach(({ skip }) => {
    const why = absence(cli);
    if (why !== null) skip(why);
  });
  failingCases(cli, server);
  if (OWN_SANDBOX.has(cli.name)) ownSandboxCase(cli, server);
  knobCases(cli, server);
  const done: Answer = { text: "All of it is done." };
  const writes = (line = "hello"): Answer => ({ text: "I write.", tool: cli.shell(`echo ${line} >> out.txt`) });

  it("plain success with a file edit", async () => {
    server().setScript(steps(writes(), done));
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");

    expect(await board.git("show", "kanband/a:out.txt")).toBe("hello");
    expect(board.session("a")).toMatchObject({ state: "done", attempt: 1, failure: null, toolCalls: 1 });
    expect(board.session("a")?.conversation).toMatch(/\S/);
    // Two calls; some ask for a title as well, and count that.
    expect(board.session("a")?.tokens?.input).toBeGreaterThanOrEqual(cli.name === "acp/opencode" ? 0 : 2000);
    expect(board.read("sessions/a/engineer.md")).toContain("All of it is done.");
  });

  it("persona text in the system role", async () => {
    server().setScript(steps(writes(), done));
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");

    const asked = server().asked.filter(({ tools }) => tools.length > 0);
    expect(asked.length).toBeGreaterThan(1);
    // Those that know no such role are told at the head of the task.
    for (const it of asked) expect(cli.hasSystemRole ? it.system : it.said).toContain("you love zebras");
    expect(asked[0]?.said).toContain("Write a line to out.txt.");
    if (cli.hasSystemRole) expect(asked[0]?.said).not.toContain("zebras");
  });

  it("tool denied", async () => {
    server().setScript(steps(writes(), done));
    const board = await agentBoard(server(), [cli], { slot: "permission: read", settings: "rework: { limit: 0 }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    // Nothing was changed, and the checks say so.
    await board.arrives("a", "blocked");

    expect(board.session("a")?.state).toMatch(/done|failed/);
    // It came as far as its model, and either had no such tool to offer or refused its use.
    const asked = server().asked.filter(({ tools }) => tools.length > 0);
    expect(asked.length).toBeGreaterThan(0);
    const isOffered = asked.some(({ tools }) => tools.some(({ name }) => name === cli.shell("").name));
    expect(!isOffered || board.session("a")?.toolCalls !== 0 || asked.length > 1).toBe(true);
    expect(await board.git("log", "--all", "--format=%H", "--", "out.txt")).toBe("");
  });

  it("stopped in a tool call: nothing outlives it", async () => {
    server().setScript(steps({ tool: cli.shell("echo begun > begun.txt; sleep 300") }, done));
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.soon("its tool runs", () => existsSync(join(board.root, ".kanband/worktrees/w1/begun.txt")));
    board.mv("a", "backlog");
    await board.soon("it is stopped", () => board.session("a")?.state === "stopped");
    await board.soon("no process is left", () => agentsOf(board).length === 0);
    expect(await board.git("show", "kanband/a:begun.txt")).toBe("begun");
  });

  it("kill -9 of the daemon, and adoption", async () => {
    server().setScript(steps({ tool: cli.shell("echo begun > begun.txt; sleep 4; echo done >> out.txt") }, done));
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    const daemon = await board.up();
    await board.soon("its tool runs", () => existsSync(join(board.root, ".kanband/worktrees/w1/begun.txt")));
    daemon.kill("SIGKILL");
    await daemon.ended;
    await board.up();
    await board.arrives("a", "for_review");
    expect(board.session("a")).toMatchObject({ attempt: 1, state: "done" });
    expect(await board.git("show", "kanband/a:out.txt")).toBe("done");
  });

  it("a background process of a tool is gone with the run", async () => {
    const leave = `(setsid sleep ${LEFT} > /dev/null 2>&1 &) ; sleep ${LEFT} > /dev/null 2>&1 & echo hello >> out.txt`;
    server().setScript(steps({ tool: cli.shell(leave) }, done));
    const board = await agentBoard(server(), [cli], { settings: "timeout: 60s\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");
    await board.soon("no process is left", () => agentsOf(board).length === 0);
  });

  it("5 MB in one line", async () => {
    // A tool that prints as much, and then an answer as long.
    const flood = "head -c 5000000 /dev/zero | tr '\\0' x; ";
    const tool = cli.shell(`${cli.floodsNot === undefined ? flood : ""}echo hello >> out.txt`);
    // Some take a word said again and again for a loop.
    const words = Array.from({ length: 650_000 }, (_, index) => `w${index}`);
    server().setScript(steps({ tool }, { text: words.join(" ") }));
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    await board.up();
    const spool = await board.soon("it runs", () => openSpool(board));
    await board.arrives("a", "for_review");
    await settled(board);

    const lines = readFileSync(spool, "utf8").split("\n");
    closeSync(spool);
    const longest = Math.max(...lines.map((it) => it.length));
    // All of the answer came. Our own client of the protocol takes such lines from the agent, and hands them on in pieces.
    const isPassedOn = cli.agent.startsWith("acp/");
    expect(lines.join("").split("w").length).toBeGreaterThan(words.length);
    expect(longest >= 5_000_000).toBe(!isPassedOn);
    const session = readFileSync(join(board.root, "sessions/a/engineer.md"), "utf8");
    expect(session).toMatch(/w0 w1 w2 .*\n.*left out/);
    expect(session.length).toBeLessThan(1_000_000);
  });

  it("a prompt with @path and a leading slash is only text", async () => {
    server().setScript(steps(writes(), done));
    const board = await agentBoard(server(), [cli]);
    const secret = join(board.root, ".git/secret.txt");
    writeFileSync(secret, "the secret is marmalade\n");
    writeFileSync(join(board.root, "inside.txt"), "inside there is quince\n");
    await board.git("add", "inside.txt");
    await board.git("commit", "--quiet", "--message", "Add a file to speak of");
    board.write("board/planned/a.md", `/compact @${secret} and @inside.txt\n\nSay "hello" to 'all'.\n`);
    await board.up();
    await board.arrives("a", "for_review");

    const said = server()
      .asked.map((it) => it.said)
      .join("\n");
    expect(said).toContain("/compact");
    expect(said).toContain(`@${secret}`);
    expect(said).not.toMatch(/marmalade|quince/);
  });

  it("hooks and plugins that lie in the worktree do not run", async () => {
    server().setScript(steps(writes(), done));
    const run = async (settings: string): Promise<{ lane: string | null; why: string; mark: string }> => {
      const board = await agentBoard(server(), [cli], { settings });
      const mark = join(board.root, ".git/ran");
      await commitHostile(board, mark);
      trustInHome(board.home, board.root);
      board.write("board/planned/a.md", TASK);
      await board.up();
      await board.soon("it is over", () => ["for_review", "blocked"].includes(board.lane("a") ?? ""));
      const why = board.read(board.find("a") ?? "");
      return { lane: board.lane("a"), why, mark: existsSync(mark) ? readFileSync(mark, "utf8") : "" };
    };

    // Those that cannot be told to pass over it are not started at all.
    const { lane, why, mark } = await run("");
    expect(mark).toBe("");
    if (lane === "blocked") expect(why).toMatch(/^blocked: .*would obey \..*trust_worktree: true/m);
    // The mark can be made: where it may take effect, it does.
    expect((await run("trust_worktree: true\n")).mark).toContain("ran");
  });

  it("four runs at once", async () => {
    server().setScript(steps(writes(), done));
    const board = await agentBoard(server(), [cli], { slots: 4 });
    const ids = ["a", "b", "c", "d"];
    for (const id of ids) board.write(`board/planned/${id}.md`, TASK);
    await board.up();
    for (const id of ids) await board.arrives(id, "for_review");
    for (const id of ids) expect(await board.git("show", `kanband/${id}:out.txt`)).toBe("hello");
  });

  it("an interrupted conversation is resumed", async ({ skip }) => {
    if (cli.resumesNot !== null) return skip(cli.resumesNot);
    const script: Script = (asked) => {
      if (asked.tools.length === 0) return { text: "OK" };
      const isResumed = asked.said.includes("goes on") || asked.said.includes("Attempt 2");
      if (isResumed) return steps(writes("again"), done)(asked);
      return { tool: cli.shell("echo begun > begun.txt; sleep 300") };
    };
    server().setScript(script);
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    const daemon = await board.up(["--stop-runs"]);
    await board.soon("its tool runs", () => existsSync(join(board.root, ".kanband/worktrees/w1/begun.txt")));
    await daemon.stop();
    const { conversation } = board.session("a") ?? {};
    expect(conversation).toMatch(/\S/);
    server().setScript(script);
    await board.up();
    await board.arrives("a", "for_review");

    expect(board.session("a")).toMatchObject({ state: "done", attempt: 2 });
    const asked = server().asked.filter(({ tools }) => tools.length > 0);
    // What it was told before stands before what it is told now.
    expect(asked[0]?.said.split("Write a line to out.txt.").length).toBeGreaterThan(2);
    expect(await board.git("show", "kanband/a:out.txt")).toBe("again");
  });
}

/** What the run prints, kept open: its file is removed when it is collected. */
function openSpool(board: AgentBoard): number | null {
  const runs = join(board.root, ".git/kanband/runs");
  const run = existsSync(runs) ? readdirSync(runs).find((it) => existsSync(join(runs, it, "stdout"))) : undefined;
  return run === undefined ? null : openSync(join(runs, run, "stdout"), "r");
}
