import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Answer } from "./model/answer.ts";

/** One real agent program, and how it is brought to ask the model on loopback. */
export type Cli = {
  name: string;
  /** The file that is started; `install.mjs` knows its package. */
  program: string;
  /** As a slot names it. */
  agent: string;
  /** What the daemon is started with; its slot lets all of it through. */
  env(url: string): Readonly<Record<string, string>>;
  /** Files of its HOME, by path. */
  home(url: string): Readonly<Record<string, string>>;
  /** A call of its tool for commands. */
  shell(command: string): NonNullable<Answer["tool"]>;
  /** It says what a call cost while it runs. */
  tellsCostMeanwhile: boolean;
  /** Why it does not go on with a conversation by its id; null: it does. */
  resumesNot: string | null;
  /** Why it cannot bear a tool that prints 5 MB; absent: it can. */
  floodsNot?: string;
  /** It can be told a role apart from the task. */
  hasSystemRole: boolean;
  /** Where the settings trust the worktree, it runs the hooks and plugins that lie there. */
  obeysWorktree: boolean;
};

const claude: Cli = {
  name: "claude",
  program: "claude",
  agent: "claude/claude-sonnet-4-5",
  env: (url) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "sk-ant-dummy" }),
  home: () => ({}),
  shell: (command) => ({ name: "Bash", input: { command, description: "Run it" } }),
  tellsCostMeanwhile: true,
  resumesNot: null,
  hasSystemRole: true,
  obeysWorktree: true,
};

const codex: Cli = {
  name: "codex",
  program: "codex",
  agent: "codex/gpt-5.4",
  env: () => ({ RIG_KEY: "dummy" }),
  home: (url) => ({
    ".codex/config.toml": [
      'model = "gpt-5.4"',
      'model_provider = "rig"',
      "[model_providers.rig]",
      'name = "rig"',
      `base_url = "${url}/v1"`,
      'env_key = "RIG_KEY"',
      'wire_api = "responses"',
      "",
    ].join("\n"),
  }),
  shell: (command) => ({ name: "exec_command", input: { cmd: command } }),
  tellsCostMeanwhile: false,
  resumesNot: null,
  hasSystemRole: true,
  // It asks a list of its own.
  obeysWorktree: false,
};

const gemini: Cli = {
  name: "gemini",
  program: "gemini",
  agent: "gemini/gemini-2.5-pro",
  env: (url) => ({ GEMINI_API_KEY: "dummy", GOOGLE_GEMINI_BASE_URL: url }),
  home: () => ({ ".gemini/settings.json": JSON.stringify({ security: { auth: { selectedType: "gemini-api-key" } } }) }),
  shell: (command) => ({ name: "run_shell_command", input: { command, description: "Run it" } }),
  tellsCostMeanwhile: false,
  resumesNot: null,
  hasSystemRole: true,
  obeysWorktree: true,
};

const opencode: Cli = {
  name: "opencode",
  program: "opencode",
  agent: "opencode/rig/rig-model",
  // Else it asks the network for a list of models.
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: "1" }),
  home: (url) => ({
    ".config/opencode/opencode.json": JSON.stringify({
      small_model: "rig/rig-small",
      enabled_providers: ["rig"],
      provider: {
        rig: {
          npm: "@ai-sdk/openai-compatible",
          name: "rig",
          options: { baseURL: `${url}/v1`, apiKey: "dummy" },
          models: {
            "rig-model": { limit: { context: 128_000, output: 8192 }, cost: { input: 3, output: 15 } },
            "rig-small": { limit: { context: 128_000, output: 8192 } },
          },
        },
      },
    }),
  }),
  shell: (command) => ({ name: "bash", input: { command, description: "Run it" } }),
  tellsCostMeanwhile: true,
  resumesNot: null,
  hasSystemRole: true,
  obeysWorktree: true,
};

// The same programs, or others around them, spoken to by the Agent Client Protocol.
const acpClaude: Cli = {
  ...claude,
  name: "acp/claude",
  program: "claude-agent-acp",
  agent: "acp/claude-agent-acp/sonnet",
  tellsCostMeanwhile: false,
};
const acpCodex: Cli = {
  ...codex,
  name: "acp/codex",
  program: "codex-acp",
  agent: "acp/codex-acp",
  tellsCostMeanwhile: false,
};
const acpGemini: Cli = {
  ...gemini,
  name: "acp/gemini",
  agent: "acp/gemini/gemini-2.5-pro",
  resumesNot: "gemini cannot load a conversation within the minute in which it began; it is begun anew",
  hasSystemRole: false,
  obeysWorktree: false,
  floodsNot: "gemini gives its model all of it there, and says that there is no room",
};
const acpOpencode: Cli = {
  ...opencode,
  name: "acp/opencode",
  agent: "acp/opencode/rig/rig-model",
  tellsCostMeanwhile: false,
  hasSystemRole: false,
};

export const CLIS: readonly Cli[] = [claude, codex, gemini, opencode, acpClaude, acpCodex, acpGemini, acpOpencode];

const SKIPPED = JSON.parse(process.env["KANBAND_AGENTS_SKIPPED"] ?? "{}") as Readonly<Record<string, string>>;

/** Why its program is not there; null: it is. */
export function absence({ program }: Cli): string | null {
  return SKIPPED[program] ?? null;
}

/** Makes the HOME of a program. */
export function makeHome(cli: Cli, home: string, url: string): void {
  mkdirSync(home, { recursive: true });
  for (const [path, text] of Object.entries(cli.home(url))) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), text);
  }
}
