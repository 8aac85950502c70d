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
  /** It ends its turn, and so the run, when a tool is refused. */
  endsAtRefusal?: true;
  /** Why its tools do not print 5 MB in their case; absent: they do. */
  floodsNot?: string;
  /** It can be told a role apart from the task. */
  hasSystemRole: boolean;
  /** With which of its models it can be told an effort, as a slot names it; or how it says that it cannot. */
  effort: string | RegExp;
  /** What it takes instead of a key when it works by subscription, where that has limits of its own. */
  subscription?: Readonly<Record<string, string>>;
  /** Why nobody hears when a limit of hours ends; null: it says so. */
  hidesLimit: string | null;
};

const SLEEPS = "it waits in silence for as long as it is told to, so its limit of time ends it";

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
  effort: "claude/sonnet",
  subscription: { CLAUDE_CODE_OAUTH_TOKEN: "dummy" },
  hidesLimit: null,
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
  effort: "codex/gpt-5.4",
  hidesLimit: null,
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
  effort: /gemini knows no effort/,
  hidesLimit: null,
};

const opencode: Cli = {
  name: "opencode",
  program: "opencode",
  agent: "opencode/rig/rig-model",
  // Else it asks the network for a list of models, and for its packages again and again.
  env: () => ({ OPENCODE_DISABLE_MODELS_FETCH: "1" }),
  home: (url) => ({
    ".npmrc": `registry=${url}\nfetch-retries=0\n`,
    ".config/opencode/opencode.json": JSON.stringify({
      small_model: "rig/rig-small",
      enabled_providers: ["rig"],
      provider: {
        rig: {
          npm: "@ai-sdk/openai-compatible",
          name: "rig",
          options: { baseURL: `${url}/v1`, apiKey: "dummy" },
          models: {
            "rig-model": {
              limit: { context: 128_000, output: 8192 },
              cost: { input: 3, output: 15 },
              variants: { high: { reasoningEffort: "high" } },
            },
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
  effort: "opencode/rig/rig-model",
  hidesLimit: SLEEPS,
};

// The same programs, or others around them, spoken to by the Agent Client Protocol.
const acpClaude: Cli = {
  ...claude,
  name: "acp/claude",
  program: "claude-agent-acp",
  agent: "acp/claude-agent-acp/sonnet",
  tellsCostMeanwhile: false,
  effort: "acp/claude-agent-acp/sonnet",
};
const acpCodex: Cli = {
  ...codex,
  name: "acp/codex",
  program: "codex-acp",
  agent: "acp/codex-acp",
  tellsCostMeanwhile: false,
  effort: "acp/codex-acp/gpt-5.5",
};
const acpGemini: Cli = {
  ...gemini,
  name: "acp/gemini",
  agent: "acp/gemini/gemini-2.5-pro",
  resumesNot: "gemini cannot load a conversation within the minute in which it began; it is begun anew",
  hasSystemRole: false,
  floodsNot: "gemini gives its model all of it there, and says that there is no room",
  effort: /offers no effort/,
};
const acpOpencode: Cli = {
  ...opencode,
  name: "acp/opencode",
  agent: "acp/opencode/rig/rig-model",
  tellsCostMeanwhile: false,
  hasSystemRole: false,
  effort: "acp/opencode/rig/rig-model",
};

const acpQwen: Cli = {
  name: "acp/qwen",
  program: "qwen",
  agent: "acp/qwen",
  env: (url) => ({ OPENAI_API_KEY: "dummy", OPENAI_BASE_URL: `${url}/v1`, OPENAI_MODEL: "qwen3-coder-plus" }),
  home: () => ({
    ".qwen/settings.json": JSON.stringify({
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
      security: { auth: { selectedType: "openai" } },
    }),
  }),
  shell: (command) => ({
    name: "run_shell_command",
    input: { command, description: "Run it", is_background: false },
  }),
  tellsCostMeanwhile: false,
  resumesNot: null,
  endsAtRefusal: true,
  hasSystemRole: false,
  effort: /offers no effort/,
  hidesLimit: SLEEPS,
};
const acpCopilot: Cli = {
  name: "acp/copilot",
  program: "copilot",
  agent: "acp/copilot",
  env: (url) => ({
    COPILOT_OFFLINE: "true",
    COPILOT_AUTO_UPDATE: "false",
    COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
    COPILOT_PROVIDER_TYPE: "openai",
    COPILOT_PROVIDER_API_KEY: "dummy",
    COPILOT_PROVIDER_WIRE_API: "completions",
    COPILOT_MODEL: "gpt-5.4",
  }),
  home: () => ({}),
  shell: (command) => ({ name: "bash", input: { command, description: "Run it", mode: "sync" } }),
  tellsCostMeanwhile: false,
  resumesNot: null,
  endsAtRefusal: true,
  hasSystemRole: false,
  effort: /offers no effort/,
  hidesLimit: null,
};

export const CLIS: readonly Cli[] = [
  claude,
  codex,
  gemini,
  opencode,
  acpClaude,
  acpCodex,
  acpGemini,
  acpOpencode,
  acpQwen,
  acpCopilot,
];

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
