import type { Launch, LaunchRequest, Permission } from "../adapter.ts";
import { inertPrompt, option, problemOfNames, programOf, promptWithPersona } from "../launch-parts.ts";
import { type ToolRule, translateTools } from "../tool-names.ts";
import { UNSAFE_FILES } from "../unsafe-files.ts";

/**
 * `opencode run` with events as lines. Its configuration comes by environment; the persona is a file of instructions, which it
 * puts into the system prompt. Prompts are never arguments: it would put those with blanks into quotes.
 */
export function launch(request: LaunchRequest): Launch | { problem: string } {
  const { filesDir = null, systemPrompt, trustsWorktree = false } = request;
  const problem = problemOfNames(request);
  if (problem !== null) return { problem };
  const permission = permissionOf(request);
  if ("problem" in permission) return { problem: permission.problem };
  const { file, args } = programOf(request, "opencode");
  const persona = systemPrompt.trim() !== "" && filesDir !== null ? `${filesDir}/${PERSONA_FILE}` : null;
  const config = {
    autoupdate: false,
    share: "disabled",
    ...(persona === null ? {} : { instructions: [persona] }),
    ...(Object.keys(permission.rules).length === 0 ? {} : { permission: permission.rules }),
  };
  return {
    file,
    args: [
      ...args,
      // What it would have to ask for ends the run, with 0. What is denied stays so, and the model goes on.
      ...RUN,
      ...option("-m", request.model),
      ...option("--variant", request.effort),
      ...option("--session", request.resume),
    ],
    env: {
      ...QUIET,
      ...(trustsWorktree ? {} : { OPENCODE_DISABLE_PROJECT_CONFIG: "1" }),
      OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
    },
    // Its plugins and tools are taken all the same.
    unsafeFiles: trustsWorktree ? [] : (UNSAFE_FILES["opencode"] ?? []),
    ...(persona === null ? {} : { files: [{ name: PERSONA_FILE, text: `${systemPrompt}\n` }] }),
    stdin: persona === null ? promptWithPersona(request) : inertPrompt(request.prompt),
  };
}

const PERSONA_FILE = "opencode-persona.md";
const RUN = ["run", "--format", "json", "--auto"];
const QUIET = { NO_COLOR: "1", OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1" };

type Rule = "allow" | "deny";
type Rules = Readonly<Record<string, Rule | Readonly<Record<string, Rule>>>>;

const RULES: Readonly<Record<Permission, Rules>> = {
  all: {},
  edit: { bash: "deny", webfetch: "deny", external_directory: "deny" },
  read: { edit: "deny", bash: "deny", webfetch: "deny", external_directory: "deny" },
};

const TOOLS: Readonly<Record<string, readonly string[]>> = {
  Read: ["read"],
  Write: ["edit"],
  Edit: ["edit"],
  MultiEdit: ["edit"],
  Bash: ["bash"],
  Grep: ["grep"],
  Glob: ["glob"],
  LS: ["list"],
  WebFetch: ["webfetch"],
  WebSearch: ["websearch"],
  Task: ["task"],
  Agent: ["task"],
  TodoWrite: ["todowrite"],
  Skill: ["skill"],
};

/** The last rule that fits counts, so what is denied by name stands last. */
function permissionOf({ permission = "all", tools }: LaunchRequest): { rules: Rules } | { problem: string } {
  const allow = translateTools("opencode", tools?.allow ?? [], TOOLS);
  const deny = translateTools("opencode", tools?.deny ?? [], TOOLS);
  if ("problem" in allow) return allow;
  if ("problem" in deny) return deny;
  const listed: Rules = allow.length === 0 ? {} : { "*": "deny", ...rulesOf(allow, "allow", {}) };
  return { rules: rulesOf(deny, "deny", { ...listed, ...RULES[permission] }) };
}

function rulesOf(tools: readonly ToolRule[], rule: Rule, before: Rules): Rules {
  const rules: Record<string, Rule | Readonly<Record<string, Rule>>> = { ...before };
  for (const { names, pattern } of tools) {
    for (const name of names) {
      const known = rules[name];
      if (pattern === null) rules[name] = rule;
      else if (known !== rule) {
        // Another than that for the rest: what is allowed in part is denied else, and the other way round.
        const rest = typeof known === "object" ? known : { "*": known ?? (rule === "allow" ? "deny" : "allow") };
        rules[name] = { ...rest, [pattern]: rule };
      }
    }
  }
  return rules;
}
