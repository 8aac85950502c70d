import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runnerImport } from "vite";
import { chatSource } from "./chatter.mjs";
import { git, makeRepository, scratch, sleep, until, write } from "./lib.mjs";

const STEPS = 12;

/**
 * Talkative agents and real ones at once: how late the daemon's event loop is, its memory at most, lines that went missing.
 * Lower bound, at the same time on the same output: a program that reads each line and appends it to a file.
 */
export async function benchAgentsMixed({ chatty = 16, real = 4, linesPerSecond = 200, seconds = 30 } = {}) {
  // It looks into the build, which is only needed here.
  const { installPrograms } = await import("../agents/install.mjs");
  const { bins, skipped } = installPrograms(["claude"]);
  if (skipped.claude !== undefined) return { skipped: `claude is not there: ${skipped.claude}` };
  const model = await startModel();
  const { root, done } = scratch("agents-mixed");
  try {
    const lines = linesPerSecond * seconds;
    const chats = Array.from({ length: chatty }, (_, index) => `chat${index}`);
    const reals = Array.from({ length: real }, (_, index) => `real${index}`);
    write(root, "chat.mjs", chatSource(lines, linesPerSecond));
    makeRepository(root, { tasks: 100, settings: settingsOf(root, chats, reals) });
    for (const id of chats) write(root, `board/backlog/${id}.md`, "---\npersona: tester\nagent: chat\n---\n# Talk\n");
    for (const id of reals) write(root, `board/backlog/${id}.md`, "# Work\n\nGo through your steps.\n");
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--message", "Tasks");
    const runsDir = join(root, ".git/kanband/runs");
    const env = {
      ...process.env,
      PATH: [...bins, process.env.PATH].join(delimiter),
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: "sk-ant-dummy",
    };
    const daemon = start("daemon-probe.mjs", root, env);
    await until("the daemon is ready", () => existsSync(join(root, ".git/kanband/ready.json")));
    const lean = start("lean-tail.mjs", runsDir, process.env);
    const all = [...chats, ...reals];
    for (const id of all) renameSync(join(root, `board/backlog/${id}.md`), join(root, `board/planned/${id}.md`));
    await until("all of them run", () => runningOf(runsDir) === all.length, { everyMs: 50 });
    const togetherSince = performance.now();
    daemon.child.kill("SIGUSR2");
    lean.child.kill("SIGUSR2");
    await until("the first has ended", () => runningOf(runsDir) < all.length, { withinMs: 300_000, everyMs: 50 });
    const togetherMs = performance.now() - togetherSince;
    const isAllDone = () =>
      git(root, "ls-tree", "--name-only", "HEAD", "board/for_review/").split("\n").length > all.length;
    await until("all are done", isAllDone, { withinMs: 300_000, everyMs: 300 });
    await sleep(1_000);
    const peakMb = peakOf(daemon.child.pid);
    const [ours, bound] = await Promise.all([daemon.end(), lean.end()]);
    const said = chats.map((id) => numbersIn(root, `sessions/${id}/tester.md`, /line-(\d+)-end/g));
    const told = reals.map((id) => numbersIn(root, `sessions/${id}/engineer.md`, /step-(\d+)-begins/g));
    return {
      ...ours,
      leanP99Ms: bound.p99Ms,
      peakMb,
      leanPeakMb: bound.peakMb,
      ratio: peakMb / bound.peakMb,
      togetherSeconds: togetherMs / 1000,
      linesSaid: lines * chatty,
      linesInSpools: sum(Object.entries(bound.lines).map(([id, count]) => (id.startsWith("chat") ? count : 0))),
      lost: lines * chatty - sum(said.map((it) => new Set(it).size)),
      twice: sum(said.map((it) => it.length - new Set(it).size)),
      lostOfReal: STEPS * real - sum(told.map((it) => new Set(it).size)),
    };
  } finally {
    await model.close();
    done();
  }
}

/** The model on loopback that the test suite of the real programs has: every conversation takes the same steps. */
async function startModel() {
  const { module } = await runnerImport(join(import.meta.dirname, "../agents/model/server.ts"), { configFile: false });
  return await module.startModelServer(({ tools, step }) => {
    if (tools.length === 0 || step >= STEPS) return { text: "All of it is done." };
    const command = `for i in 1 2 3 4 5; do echo "It goes on: $i"; sleep 0.3; done; echo ${step} >> out.txt`;
    return { text: `step-${step}-begins`, tool: { name: "Bash", input: { command, description: "Go on" } } };
  });
}

function settingsOf(root, chats, reals) {
  const slots = [
    ...chats.map((id) => `  - { name: ${id}, agents: [chat] }\n`),
    ...reals.map((id) => {
      const home = join(root, ".git/homes", id);
      mkdirSync(home, { recursive: true });
      const env = "[ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY]";
      return `  - { name: ${id}, agents: [claude/claude-sonnet-4-5], home: ${home}, env: ${env} }\n`;
    }),
  ];
  const chat = `{ use: command, command: [${process.execPath}, ${join(root, "chat.mjs")}] }`;
  return `slots:\n${slots.join("")}wip: { for_review: 10000 }\nagents:\n  chat: ${chat}\n`;
}

function start(script, argument, env) {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), argument], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const end = async () => {
    child.kill("SIGTERM");
    await ended;
    return JSON.parse(output);
  };
  return { child, end };
}

/** Runs that have begun and not ended. */
function runningOf(runsDir) {
  return readdirSync(runsDir).filter((runId) => {
    const names = existsSync(join(runsDir, runId)) ? readdirSync(join(runsDir, runId)) : [];
    return names.includes("step") && !names.some((name) => name.startsWith("exit."));
  }).length;
}

function peakOf(pid) {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) / 1000;
}

/** Numbers in the activity of a session, as they stand there. */
function numbersIn(root, path, pattern) {
  const text = readFileSync(join(root, path), "utf8");
  return [...text.slice(text.indexOf("\n## Activity")).matchAll(pattern)].map(([, number]) => Number(number));
}

function sum(numbers) {
  return numbers.reduce((total, it) => total + it, 0);
}
