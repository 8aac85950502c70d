import { spawn } from "node:child_process";
import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { git, makeRepository, scratch, taskText, until, write } from "./lib.mjs";

/** Many agents at once, each printing JSON lines: how late the daemon's event loop is, and lines that went missing. */
export async function benchChatter({ agents = 32, linesPerSecond = 200, seconds = 10 } = {}) {
  const { root, done } = scratch("chatter");
  try {
    const lines = linesPerSecond * seconds;
    write(root, "chat.mjs", chatSource(lines, linesPerSecond));
    makeRepository(root, {
      tasks: 100,
      settings: `slots: ${agents}\nwip: { for_review: 10000 }\nagent: chat\nagents:\n  chat: { use: command, command: [${process.execPath}, ${join(root, "chat.mjs")}] }\n`,
    });
    for (let index = 0; index < agents; index++)
      write(
        root,
        `board/backlog/t${index}.md`,
        taskText(`T${index}`).replace("---\n", "---\npersona: tester\nagent: chat\n"),
      );
    git(root, "add", "--all");
    git(root, "commit", "--quiet", "--message", "Tasks");
    const probe = spawn(process.execPath, [join(import.meta.dirname, "daemon-probe.mjs"), root], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let output = "";
    probe.stdout.on("data", (chunk) => (output += chunk));
    const ended = new Promise((resolve) => probe.once("close", resolve));
    await until("the daemon is ready", () => existsSync(join(root, ".git/kanband/ready.json")));
    for (let index = 0; index < agents; index++)
      renameSync(join(root, `board/backlog/t${index}.md`), join(root, `board/planned/t${index}.md`));
    await until("all agents talk", () => countRunning(root, agents) === agents, { withinMs: 120_000, everyMs: 200 });
    probe.kill("SIGUSR2");
    await until(
      "all are done",
      () => git(root, "ls-tree", "--name-only", "HEAD", "board/for_review/").split("\n").length > agents,
      { withinMs: 300_000, everyMs: 300 },
    );
    probe.kill("SIGTERM");
    await ended;
    let lost = 0;
    for (let index = 0; index < agents; index++)
      lost += lines - countLines(readFileSync(join(root, `sessions/t${index}/tester.md`), "utf8"));
    return { ...JSON.parse(output), lines: lines * agents, lost };
  } finally {
    done();
  }
}

function countRunning(root, agents) {
  let count = 0;
  for (let index = 0; index < agents; index++) if (existsSync(join(root, `sessions/t${index}/tester.md`))) count += 1;
  return count;
}

/** The different lines of the agent that a session file holds. */
function countLines(text) {
  return new Set(text.match(/line-\d+-end/g) ?? []).size;
}

/** An agent that prints so many lines, so many a second. */
export function chatSource(lines, perSecond) {
  return `
let printed = 0;
const batch = ${Math.max(1, Math.round(perSecond / 20))};
const timer = setInterval(() => {
  let text = "";
  for (let index = 0; index < batch && printed < ${lines}; index++) {
    printed += 1;
    text += JSON.stringify({ kanband: "text", text: "line-" + printed + "-end of what an agent says while it works" }) + "\\n";
  }
  process.stdout.write(text);
  if (printed >= ${lines}) clearInterval(timer);
}, 50);
process.stdin.resume();
`;
}
