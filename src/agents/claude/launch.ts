import type { Launch, LaunchRequest, Permission } from "../adapter.ts";
import { fitsArgument, inertPrompt, option, problemOfNames, programOf, promptWithPersona } from "../launch-parts.ts";

/**
 * `claude -p` with events as lines. The persona goes to the end of the system prompt; one that is too long for an argument
 * goes before the task.
 */
export function launch(request: LaunchRequest): Launch | { problem: string } {
  const problem = problemOfNames(request);
  if (problem !== null) return { problem };
  const { systemPrompt, model, effort, maxTurns, budgetUsd, resume, tools, ownSandbox } = request;
  const { file, args } = programOf(request, "claude");
  const mode = permissionMode(request);
  const isPersonaAnArgument = systemPrompt.trim() !== "" && fitsArgument(systemPrompt);
  return {
    file,
    args: [
      ...args,
      ...EVENTS,
      ...option("--permission-mode", mode),
      // Hooks of the worktree would run unasked; with them goes its CLAUDE.md.
      ...(request.trustsWorktree === true ? [] : ["--setting-sources", "user"]),
      ...(ownSandbox == null
        ? []
        : option(
            "--settings",
            sandboxSettings(ownSandbox.domains, mode === MODES.edit && request.permission !== "edit"),
          )),
      ...option("--model", model),
      ...option("--effort", effort),
      ...option("--max-turns", maxTurns),
      ...option("--max-budget-usd", budgetUsd),
      // A text that begins with a dash must not look like an option.
      ...(isPersonaAnArgument ? ["--append-system-prompt", systemPrompt.replace(/^-/, "\n-")] : []),
      ...option("--resume", resume),
      // Each takes all that follows, so they stand last.
      ...list("--allowedTools", tools?.allow),
      ...list("--disallowedTools", tools?.deny),
    ],
    env: mode === "bypassPermissions" ? { ...QUIET, IS_SANDBOX: "1" } : QUIET,
    stdin: isPersonaAnArgument ? inertPrompt(request.prompt) : promptWithPersona(request),
  };
}

const EVENTS = ["-p", "--output-format", "stream-json", "--verbose"];
const MODES: Readonly<Record<Permission, string>> = { all: "bypassPermissions", edit: "acceptEdits", read: "dontAsk" };

/**
 * A list of what is allowed means nothing to a mode that allows everything, and its sandbox holds for commands alone: files
 * outside of the worktree are closed to its own tools by the mode.
 */
function permissionMode({ permission = "all", tools, ownSandbox }: LaunchRequest): string {
  const isListed = tools !== null && tools.allow.length > 0;
  if (permission !== "all") return MODES[permission];
  if (isListed) return MODES.read;
  return ownSandbox == null ? MODES.all : MODES.edit;
}

/**
 * Commands run in its sandbox or not at all; it ends at once where none works. `isAuto`: whatever runs there is not asked
 * about, for nobody is there.
 */
function sandboxSettings(allowedDomains: readonly string[], isAuto: boolean): string {
  const how = { enabled: true, failIfUnavailable: true, allowUnsandboxedCommands: false };
  return JSON.stringify({ sandbox: { ...how, autoAllowBashIfSandboxed: isAuto, network: { allowedDomains } } });
}

function list(name: string, values: readonly string[] | undefined): readonly string[] {
  return values === undefined || values.length === 0 ? [] : [name, ...values];
}

// As root it refuses to bypass permissions unless IS_SANDBOX is exactly 1. Background commands, timers and wake-ups would
// keep the process for minutes after its result; `@path` in a task would attach files from anywhere. Of its ten retries six
// take 40 s: whoever is overloaded for longer is left to the next agent, and a wrong key is not tried for three minutes.
const QUIET = {
  CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
  CLAUDE_CODE_DISABLE_CRON: "1",
  CLAUDE_CODE_DISABLE_FILE_MENTIONS: "1",
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  CLAUDE_CODE_MAX_RETRIES: "6",
  DISABLE_AUTOUPDATER: "1",
  DISABLE_ERROR_REPORTING: "1",
  DISABLE_TELEMETRY: "1",
};
