import type { Launch, LaunchRequest, Permission } from "../adapter.ts";
import { fitsArgument, inertPrompt, option, problemOfNames, programOf, promptWithPersona } from "../launch-parts.ts";

/**
 * `codex exec` with events as lines; the persona becomes developer instructions. It has no limits of its own on turns or money,
 * and no lists of tools: a restriction that it could not keep is a problem, not a wish.
 */
export function launch(request: LaunchRequest): Launch | { problem: string } {
  const { systemPrompt, tools, resume } = request;
  const problem = problemOfNames(request);
  if (problem !== null) return { problem };
  if (tools !== null && tools.allow.length + tools.deny.length > 0) {
    return { problem: "codex knows no lists of tools: take `tools` from the slot, or codex from its agents" };
  }
  const { file, args } = programOf(request, "codex");
  const isResumed = resume !== null && resume !== undefined;
  const isPersonaAnArgument = systemPrompt.trim() !== "" && fitsArgument(systemPrompt);
  return {
    file,
    args: [
      ...args,
      "exec",
      ...(isResumed ? ["resume"] : []),
      "--json",
      "--skip-git-repo-check",
      ...sandbox(request, isResumed),
      ...distrust(request),
      // With them every run asks the network, and waits for its answer.
      ...option("--disable", "plugins"),
      ...config("analytics.enabled", "false"),
      ...config("feedback.enabled", "false"),
      ...config("check_for_update_on_startup", "false"),
      ...option("-m", request.model),
      ...(request.effort === null ? [] : config("model_reasoning_effort", quoted(request.effort))),
      ...(isPersonaAnArgument ? config("developer_instructions", quoted(systemPrompt)) : []),
      ...(isResumed ? [resume] : []),
      "-",
    ],
    env: { NO_COLOR: "1" },
    stdin: isPersonaAnArgument ? inertPrompt(request.prompt) : promptWithPersona(request),
  };
}

// The agent edits and the daemon commits: under `workspace-write` the git folder of a worktree is out of its reach.
const SANDBOXES: Readonly<Record<Exclude<Permission, "all">, string>> = { edit: "workspace-write", read: "read-only" };

/** Its sandbox knows no hosts: with some that may be reached the network is open, else closed. */
function sandbox({ permission = "all", ownSandbox }: LaunchRequest, isResumed: boolean): readonly string[] {
  if (permission === "all" && ownSandbox == null) return ["--dangerously-bypass-approvals-and-sandbox"];
  const mode = SANDBOXES[permission === "all" ? "edit" : permission];
  const isOpen = permission === "all" && ownSandbox != null && ownSandbox.domains.length > 0;
  return [
    // `resume` takes no `-s`.
    ...(isResumed ? config("sandbox_mode", quoted(mode)) : ["-s", mode]),
    ...(isOpen ? config("sandbox_workspace_write.network_access", "true") : []),
  ];
}

// Somebody who trusts the repository in their own configuration would let the worktree start servers: it is trusted less.
// As a table, since a path in the key would be taken apart at its dots.
function distrust({ trustsWorktree = false, worktree = null }: LaunchRequest): readonly string[] {
  if (trustsWorktree || worktree === null) return [];
  return config("projects", `{${quoted(worktree)}={trust_level="untrusted"}}`);
}

function config(key: string, value: string): readonly string[] {
  return ["-c", `${key}=${value}`];
}

/** A string as TOML has it: as in JSON, but for DEL and halves of characters. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/\p{Cs}/gu, "\uFFFD")).replaceAll("\u007f", "\\u007f");
}
