import { basename } from "node:path";
import type { Launch, LaunchRequest, Permission } from "../adapter.ts";
import { inertPrompt, problemOfNames, promptWithPersona } from "../launch-parts.ts";
import { ACP_CLIENT } from "../own-client.ts";
import { translateTools } from "../tool-names.ts";
import { UNSAFE_FILES } from "../unsafe-files.ts";
import type { AcpRequest } from "./wire.ts";

/**
 * The protocol is a conversation, so what is started is our own client, a small program that starts the agent's and holds
 * it; it has all it needs on standard input. See docs/decisions/17-acp-by-a-client-of-our-own.md.
 */
export function launch(request: LaunchRequest): Launch | { problem: string } {
  const { command, systemPrompt, permission = "all", tools, trustsWorktree = false } = request;
  const problem = problemOfNames(request);
  if (problem !== null) return { problem };
  const [file = "", ...args] = command ?? [];
  if (file === "")
    return { problem: "`acp` alone names no program: name one, such as acp/gemini, or give a `command`" };
  const allow = translateTools("acp", tools?.allow ?? [], TOOLS);
  const deny = translateTools("acp", tools?.deny ?? [], TOOLS);
  if ("problem" in allow) return allow;
  if ("problem" in deny) return deny;
  const isFree = permission === "all" && allow.length + deny.length === 0;
  const asked: AcpRequest = {
    command: [file, ...args],
    persona: systemPrompt.trim() === "" ? null : systemPrompt,
    prompt: inertPrompt(request.prompt),
    promptWithPersona: promptWithPersona(request),
    model: request.model,
    effort: request.effort,
    resume: request.resume ?? null,
    permission,
    allow,
    deny,
    modes: isFree ? MODES.all : MODES[permission === "all" ? "edit" : permission],
    // Hooks of the worktree would run unasked; with them goes its CLAUDE.md.
    meta: trustsWorktree ? {} : { claudeCode: { options: { settingSources: ["user"] } } },
    patience: { startMs: 120_000, cancelMs: 1000, endMs: 3000, quietMs: 500 },
  };
  return {
    file: process.execPath,
    args: [ACP_CLIENT],
    needs: [file],
    unsafeFiles: trustsWorktree ? [] : (UNSAFE_FILES[basename(file)] ?? []),
    env: environment(isFree ? {} : permission === "all" ? ASK : DENY[permission], trustsWorktree),
    stdin: JSON.stringify(asked),
  };
}

// The modes of codex-acp that do not let a second model answer for us, and the ones of the others that ask for all they do.
const MODES: Readonly<Record<Permission, readonly string[]>> = {
  all: ["agent-full-access", "default"],
  edit: ["workspace-write", "default"],
  read: ["read-only", "default"],
};

// Names as Claude Code writes them, and the kinds of tools by which the protocol tells what others do.
const TOOLS: Readonly<Record<string, readonly string[]>> = {
  Read: ["Read", "read"],
  Grep: ["Grep", "search"],
  Glob: ["Glob", "search"],
  LS: ["LS", "search"],
  Write: ["Write", "edit"],
  Edit: ["Edit", "edit", "delete", "move"],
  MultiEdit: ["MultiEdit", "edit"],
  NotebookEdit: ["NotebookEdit", "edit"],
  Bash: ["Bash", "execute"],
  WebFetch: ["WebFetch", "fetch"],
  WebSearch: ["WebSearch", "fetch"],
  Task: ["Task", "Agent", "think"],
  Agent: ["Agent", "Task", "think"],
  TodoWrite: ["TodoWrite"],
  Skill: ["Skill"],
};

// opencode allows everything unless it is told otherwise, and ends the turn when it asked and is refused.
const ASK = { edit: "ask", bash: "ask", webfetch: "ask", external_directory: "ask" };
const DENY = {
  edit: { bash: "deny", webfetch: "deny", external_directory: "deny" },
  read: { edit: "deny", bash: "deny", webfetch: "deny", external_directory: "deny" },
};

/** What each of the known agents needs to be told where nobody sits at the screen; the others take no notice. */
function environment(permission: object, trustsWorktree: boolean): Record<string, string> {
  const opencode = { autoupdate: false, share: "disabled", ...(Object.keys(permission).length > 0 && { permission }) };
  return {
    NO_COLOR: "1",
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
    CLAUDE_CODE_DISABLE_CRON: "1",
    CLAUDE_CODE_DISABLE_FILE_MENTIONS: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    CLAUDE_CODE_MAX_RETRIES: "6",
    DISABLE_AUTOUPDATER: "1",
    DISABLE_ERROR_REPORTING: "1",
    DISABLE_TELEMETRY: "1",
    GEMINI_CLI_NO_RELAUNCH: "true",
    GEMINI_CLI_TRUST_WORKSPACE: "true",
    OPENCODE_CONFIG_CONTENT: JSON.stringify(opencode),
    OPENCODE_DISABLE_AUTOUPDATE: "1",
    OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
    ...(trustsWorktree ? {} : { OPENCODE_DISABLE_PROJECT_CONFIG: "1" }),
  };
}
