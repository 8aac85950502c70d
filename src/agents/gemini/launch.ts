import type { Launch, LaunchRequest, Permission } from "../adapter.ts";
import { inertPrompt, option, problemOfNames, programOf, promptWithPersona } from "../launch-parts.ts";
import { UNSAFE_FILES } from "../unsafe-files.ts";

/**
 * `gemini` with events as lines; the persona takes the place of its system prompt, by a file. Its settings cannot be given by
 * the run: those of the system count only in files that root owns (seen with 0.61.0), and those of the worktree go before the
 * person's own.
 */
export function launch(request: LaunchRequest): Launch | { problem: string } {
  const { filesDir = null, systemPrompt, permission = "all", trustsWorktree = false } = request;
  const problem = problemOfNames(request) ?? problemOfKnobs(request);
  if (problem !== null) return { problem };
  const { file, args } = programOf(request, "gemini");
  const isPersonaAFile = systemPrompt.trim() !== "" && filesDir !== null;
  return {
    file,
    args: [
      ...args,
      ...option("-o", "stream-json"),
      ...option("--approval-mode", MODES[permission]),
      ...option("-m", request.model),
      ...option("--resume", request.resume),
    ],
    env: { ...QUIET, ...(isPersonaAFile ? { GEMINI_SYSTEM_MD: `${filesDir}/${SYSTEM_FILE}` } : {}) },
    files: isPersonaAFile ? [{ name: SYSTEM_FILE, text: `${systemPrompt}\n` }] : [],
    // The folder is trusted, or it does not start; then hooks, servers and tools that these name are started, too.
    unsafeFiles: trustsWorktree ? [] : (UNSAFE_FILES["gemini"] ?? []),
    stdin: withoutFiles(isPersonaAFile ? inertPrompt(request.prompt) : promptWithPersona(request)),
  };
}

function problemOfKnobs({ effort, tools }: LaunchRequest): string | null {
  if (effort !== null) return `gemini knows no effort: take \`effort: ${effort}\` from the task`;
  if (tools === null || tools.allow.length + tools.deny.length === 0) return null;
  return "gemini takes no lists of tools from a run: take `tools` from the slot, or gemini from its agents";
}

const SYSTEM_FILE = "gemini-system.md";

// `default` has neither files to write nor a shell where nobody can be asked; `auto_edit` has no shell.
const MODES: Readonly<Record<Permission, string>> = { all: "yolo", edit: "auto_edit", read: "default" };

// It would start a second process and let it live on when stopped, and refuse a folder that nobody has called trusted.
const QUIET = { GEMINI_CLI_NO_RELAUNCH: "true", GEMINI_CLI_TRUST_WORKSPACE: "true", NO_COLOR: "1" };

/** `@path` would be replaced by the file, and `@` in quotes can hang it; with a backslash it is a plain character. */
function withoutFiles(text: string): string {
  return text.replace(/(?<!\\)@/g, "\\@");
}
