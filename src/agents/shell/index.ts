import { shellBlocks } from "../../board/markdown.ts";
import type { AgentAdapter, Launch, LaunchRequest } from "../adapter.ts";
import { concludeFailure, messageOf } from "../conclude.ts";

/** The embedded default: runs the fenced `sh` blocks of the task, or of a persona with `agent: shell`, and needs no account. */
export const shell: AgentAdapter = {
  id: "shell",
  title: "Shell commands of the task or persona",
  program: null,
  isFree: true,
  tellsProgress: false,
  answer: "all",
  launch,
  parseLine: (line) => [{ kind: "text", text: line, isAnswer: true }],
  conclude: (facts) => concludeFailure(facts) ?? { state: "done", message: messageOf(facts) || "(no output)" },
};

// The script comes on standard input, since an argument may have only 128 KiB, and is read whole before it runs: a command
// that reads its standard input must not eat the rest. Errors join the output where they belong in it.
const RUN_STDIN = 'exec 2>&1; eval "$(cat)" < /dev/null';

/** All blocks are one script: what the first sets, the next has. It stops at the first failure, and at a variable nobody set. */
function launch({ persona, taskBody }: LaunchRequest): Launch | { problem: string } {
  const isScripted = persona?.agent === "shell" || persona?.agent?.startsWith("shell/") === true;
  const [where, text] =
    persona !== null && isScripted ? [`persona '${persona.id}'`, persona.prompt] : ["task", taskBody];
  const blocks = shellBlocks(text);
  if (blocks.every((block) => block.trim() === "")) {
    return { problem: `no \`\`\`sh block in the ${where}: the shell agent has nothing to run` };
  }
  return { file: "sh", args: ["-euc", RUN_STDIN], env: {}, stdin: blocks.join("\n") };
}
