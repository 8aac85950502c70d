import type { Launch, LaunchRequest, Permission } from "../adapter.ts";
import { inertPrompt, option, problemOfNames, programOf, promptWithPersona } from "../launch-parts.ts";
import { type ToolRule, translateTools } from "../tool-names.ts";

/**
 * `gemini` with events as lines. The persona takes the place of its system prompt, by a file; the settings come as a file, too,
 * of the kind that goes before the person's and the worktree's own.
 */
export function launch(request: LaunchRequest): Launch | { problem: string } {
  const { filesDir = null, systemPrompt, permission = "all", trustsWorktree = false } = request;
  const problem = problemOfNames(request);
  if (problem !== null) return { problem };
  if (request.effort !== null)
    return { problem: `gemini knows no effort: take \`effort: ${request.effort}\` from the task` };
  const settings = settingsOf(request);
  if ("problem" in settings) return settings;
  if (filesDir === null && !trustsWorktree) return { problem: "gemini needs a folder for its settings" };
  const { file, args } = programOf(request, "gemini");
  const isPersonaAFile = systemPrompt.trim() !== "" && filesDir !== null;
  const files = filesDir === null ? [] : [{ name: SETTINGS_FILE, text: JSON.stringify(settings) }];
  const env: Record<string, string> = { ...QUIET };
  if (filesDir !== null) env["GEMINI_CLI_SYSTEM_SETTINGS_PATH"] = `${filesDir}/${SETTINGS_FILE}`;
  if (isPersonaAFile) {
    env["GEMINI_SYSTEM_MD"] = `${filesDir}/${SYSTEM_FILE}`;
    files.push({ name: SYSTEM_FILE, text: `${systemPrompt}\n` });
  }
  return {
    file,
    args: [
      ...args,
      ...option("-o", "stream-json"),
      ...option("--approval-mode", MODES[permission]),
      ...option("-m", request.model),
      ...option("--resume", request.resume),
    ],
    env,
    files,
    stdin: withoutFiles(isPersonaAFile ? inertPrompt(request.prompt) : promptWithPersona(request)),
  };
}

const SETTINGS_FILE = "gemini-settings.json";
const SYSTEM_FILE = "gemini-system.md";

// `default` has neither files to write nor a shell where nobody can be asked; `auto_edit` has no shell.
const MODES: Readonly<Record<Permission, string>> = { all: "yolo", edit: "auto_edit", read: "default" };

// It would start a second process and let it live on when stopped, and refuse a folder that nobody has called trusted.
const QUIET = { GEMINI_CLI_NO_RELAUNCH: "true", GEMINI_CLI_TRUST_WORKSPACE: "true", NO_COLOR: "1" };

const TOOLS: Readonly<Record<string, readonly string[]>> = {
  Read: ["read_file", "read_many_files"],
  Write: ["write_file"],
  Edit: ["replace"],
  Bash: ["run_shell_command"],
  Grep: ["grep_search"],
  Glob: ["glob"],
  LS: ["list_directory"],
  WebFetch: ["web_fetch"],
  WebSearch: ["google_web_search"],
};

function settingsOf({ tools, maxTurns = null, trustsWorktree = false }: LaunchRequest) {
  const core = translateTools("gemini", tools?.allow ?? [], TOOLS);
  const exclude = translateTools("gemini", tools?.deny ?? [], TOOLS);
  if ("problem" in core) return core;
  if ("problem" in exclude) return exclude;
  return {
    general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    // The folder is trusted, or nothing starts; its hooks are not.
    ...(trustsWorktree ? {} : { hooksConfig: { enabled: false } }),
    ...(maxTurns === null ? {} : { model: { maxSessionTurns: maxTurns } }),
    tools: {
      ...(core.length === 0 ? {} : { core: core.flatMap(ownNames) }),
      ...(exclude.length === 0 ? {} : { exclude: exclude.flatMap(ownNames) }),
    },
  };
}

/** Patterns are beginnings of commands. */
function ownNames({ names, pattern }: ToolRule): readonly string[] {
  return names.map((name) => (pattern === null ? name : `${name}(${pattern.replace(/\s*\*$/, "")})`));
}

/** `@path` would be replaced by the file, and `@` in quotes can hang it; with a backslash it is a plain character. */
function withoutFiles(text: string): string {
  return text.replace(/(?<!\\)@/g, "\\@");
}
