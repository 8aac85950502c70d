import { describe, expect, it } from "vitest";
import type { Launch, LaunchRequest } from "../../../src/agents/adapter.ts";
import { agentNamed } from "./replay.ts";

const REQUEST: LaunchRequest = {
  prompt: '/compact @/etc/hostname and @src "quoted" user@example.com',
  systemPrompt: 'You review.\n"Carefully" \\ always\u0007',
  taskBody: "",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  command: null,
  sessionDir: ".session",
  filesDir: "/files",
};

function launch(id: string, more: Partial<LaunchRequest> = {}): Launch {
  const launched = agentNamed(id).launch({ ...REQUEST, ...more });
  if ("problem" in launched) throw new Error(launched.problem);
  return launched;
}

function problem(id: string, more: Partial<LaunchRequest>): string | null {
  const launched = agentNamed(id).launch({ ...REQUEST, ...more });
  return "problem" in launched ? launched.problem : null;
}

/** The value behind an option, whole. */
function valueOf({ args }: Launch, name: string, n = 0): string | undefined {
  const at = args.flatMap((it, index) => (it === name ? [index] : []))[n];
  return at === undefined ? undefined : args[at + 1];
}

function fileOf({ files = [] }: Launch, name: string): string {
  return files.find((it) => it.name === name)?.text ?? "";
}

describe.each(["claude", "codex", "gemini", "opencode"])("launch %s", (id) => {
  it("the prompt is inert: on standard input, behind a harmless line, and nowhere else", () => {
    const it = launch(id);
    expect(it.stdin).toMatch(/^[A-Z][a-z ]+\.\n\n\/compact /);
    expect([it.file, ...it.args, ...Object.values(it.env)].join("\n")).not.toContain("compact");
    expect((it.files ?? []).map(({ text }) => text).join("\n")).not.toContain("compact");
  });

  it("the persona is said by the agent's own means, and never by a file in the worktree", () => {
    const it = launch(id);
    expect(it.stdin).not.toContain("Carefully");
    const places = [...it.args, ...(it.files ?? []).map(({ text }) => text)].filter((text) =>
      text.includes("Carefully"),
    );
    expect(places).toHaveLength(1);
    expect((it.files ?? []).every(({ name }) => /^[\w.-]+$/.test(name))).toBe(true);
  });

  it("a persona that is too long for an argument, or has no folder for its file, goes before the task", () => {
    const systemPrompt = "long ".repeat(40_000);
    const it = launch(id, { systemPrompt, filesDir: null, trustsWorktree: true });
    expect(
      Math.max(...it.args.map((text) => text.length), ...Object.values(it.env).map((text) => text.length)),
    ).toBeLessThan(128 * 1024);
    expect(it.stdin.indexOf(systemPrompt)).toBeGreaterThan(0);
    expect(it.stdin.indexOf("/compact")).toBeGreaterThan(it.stdin.indexOf(systemPrompt));
  });

  it("says nothing of a persona that is not there", () => {
    const it = launch(id, { systemPrompt: " \n" });
    expect(it.stdin).toMatch(/^Your task is this\.\n\n/);
    expect(it.args.join(" ")).not.toMatch(/system-prompt|developer_instructions/);
    expect(Object.keys(it.env)).not.toContain("GEMINI_SYSTEM_MD");
  });

  it("runs the program of the board's own definition, with its first arguments", () => {
    const it = launch(id, { command: ["npx", `${id}@1`] });
    expect(it.file).toBe("npx");
    expect(it.args[0]).toBe(`${id}@1`);
    expect(launch(id, { command: [] }).file).toBe(id);
  });

  it.each(["--version", "-x", "", "a b", "a\nb", "a\u0000"])("a name can not become an option: %j", (name) => {
    expect(problem(id, { model: name })).toMatch(/model/);
    expect(problem(id, { resume: name })).toMatch(/conversation/);
    expect(problem(id, { effort: name })).toMatch(/effort/);
    expect(problem(id, { tools: { allow: [name], deny: [] } })).toMatch(/tools/);
  });

  it("goes on with a conversation by its id", () => {
    expect(launch(id, { resume: "0199-a_b" }).args).toContain("0199-a_b");
    expect(launch(id).args.join(" ")).not.toMatch(/resume|--session/);
  });
});

describe("launch claude", () => {
  it("is the measured command line", () => {
    const it = launch("claude", { model: "sonnet", effort: "high", maxTurns: 40, budgetUsd: 5, resume: "id-1" });
    expect([it.file, ...it.args].join(" ")).toBe(
      "claude -p --output-format stream-json --verbose --permission-mode bypassPermissions --setting-sources user " +
        "--model sonnet --effort high --max-turns 40 --max-budget-usd 5 " +
        `--append-system-prompt ${REQUEST.systemPrompt} --resume id-1`,
    );
  });

  it("has the environment that keeps it safe without anybody there", () => {
    expect(launch("claude").env).toMatchObject({
      IS_SANDBOX: "1",
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
      CLAUDE_CODE_DISABLE_CRON: "1",
      CLAUDE_CODE_DISABLE_FILE_MENTIONS: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      CLAUDE_CODE_MAX_RETRIES: expect.stringMatching(/^\d$/),
    });
    expect(launch("claude", { permission: "edit" }).env).not.toHaveProperty("IS_SANDBOX");
  });

  it("lets the worktree's hooks run only where that is allowed", () => {
    expect(launch("claude", { trustsWorktree: true }).args).not.toContain("--setting-sources");
  });

  it("a persona that begins with a dash is no option", () => {
    expect(valueOf(launch("claude", { systemPrompt: "- one\n- two" }), "--append-system-prompt")).toBe(
      "\n- one\n- two",
    );
  });

  it.each([
    ["all", "bypassPermissions"],
    ["edit", "acceptEdits"],
    ["read", "dontAsk"],
  ] as const)("may %s: %s", (permission, mode) => {
    expect(valueOf(launch("claude", { permission }), "--permission-mode")).toBe(mode);
  });

  it("a list of tools is a restriction, so nothing else is allowed unasked", () => {
    const it = launch("claude", { tools: { allow: ["Read", "Bash(npm test:*)"], deny: ["WebFetch"] } });
    expect(valueOf(it, "--permission-mode")).toBe("dontAsk");
    expect(it.args.slice(-5)).toEqual(["--allowedTools", "Read", "Bash(npm test:*)", "--disallowedTools", "WebFetch"]);
  });
});

describe("launch acp", () => {
  it("names what would start programs, unless the worktree is trusted", () => {
    const command = ["/opt/bin/codex-acp"];
    expect(launch("acp", { command }).unsafeFiles).toContain(".codex/config.toml");
    expect(launch("acp", { command, trustsWorktree: true }).unsafeFiles).toEqual([]);
  });
});

describe("launch codex", () => {
  it("takes the worktree for untrusted, whatever its repository is", () => {
    const untrusted = 'projects={"/r/a \\"b\\"/w1"={trust_level="untrusted"}}';
    expect(launch("codex", { worktree: '/r/a "b"/w1' }).args).toContain(untrusted);
    expect(launch("codex", { worktree: "/r/w1", trustsWorktree: true }).args.join(" ")).not.toContain("trust_level");
  });

  it("is the measured command line", () => {
    const it = launch("codex", { model: "gpt-5.5", effort: "high", systemPrompt: "" });
    expect([it.file, ...it.args].join(" ")).toBe(
      "codex exec --json --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox --disable plugins " +
        "-c analytics.enabled=false -c feedback.enabled=false -c check_for_update_on_startup=false " +
        '-m gpt-5.5 -c model_reasoning_effort="high" -',
    );
  });

  it("the persona is a string as TOML has it", () => {
    const text = 'a "b" \\ \n\u0007\u007f\ud800';
    const option = launch("codex", { systemPrompt: text }).args.find((it) => it.startsWith("developer_instructions="));
    expect(option).toBe('developer_instructions="a \\"b\\" \\\\ \\n\\u0007\\u007f\uFFFD"');
  });

  it("goes on with a conversation, where `-s` is not taken", () => {
    const it = launch("codex", { resume: "01a1", permission: "edit" });
    expect(it.args.slice(0, 2)).toEqual(["exec", "resume"]);
    expect(it.args.slice(-2)).toEqual(["01a1", "-"]);
    expect(it.args).toContain('sandbox_mode="workspace-write"');
    expect(it.args).not.toContain("-s");
    expect(valueOf(launch("codex", { permission: "read" }), "-s")).toBe("read-only");
  });

  it("says that it cannot keep a list of tools", () => {
    expect(problem("codex", { tools: { allow: ["Read"], deny: [] } })).toMatch(/no lists of tools/);
    expect(problem("codex", { tools: { allow: [], deny: [] } })).toBeNull();
  });
});

describe("launch gemini", () => {
  it("is the measured command line, with its persona as a file", () => {
    const it = launch("gemini", { model: "gemini-2.5-pro" });
    expect([it.file, ...it.args].join(" ")).toBe("gemini -o stream-json --approval-mode yolo -m gemini-2.5-pro");
    expect(it.env).toMatchObject({
      GEMINI_CLI_NO_RELAUNCH: "true",
      GEMINI_CLI_TRUST_WORKSPACE: "true",
      GEMINI_SYSTEM_MD: "/files/gemini-system.md",
    });
    expect(fileOf(it, "gemini-system.md")).toBe(`${REQUEST.systemPrompt}\n`);
  });

  it("attaches no file that a task speaks of", () => {
    expect(launch("gemini").stdin).toContain('\\@/etc/hostname and \\@src "quoted" user\\@example.com');
    expect(launch("gemini", { prompt: "a \\@b" }).stdin).toContain("a \\@b");
  });

  it("names the files that it would obey unasked, unless they may take effect", () => {
    expect(launch("gemini").unsafeFiles).toEqual([".gemini/settings.json", ".gemini/extensions"]);
    expect(launch("gemini", { trustsWorktree: true }).unsafeFiles).toEqual([]);
  });

  it("says what it cannot keep to", () => {
    expect(problem("gemini", { tools: { allow: ["Read"], deny: [] } })).toMatch(/no lists of tools/);
    expect(problem("gemini", { tools: { allow: [], deny: [] } })).toBeNull();
    expect(problem("gemini", { effort: "high" })).toMatch(/no effort/);
  });
});

describe("launch opencode", () => {
  const configOf = ({ env }: Launch): unknown => JSON.parse(env["OPENCODE_CONFIG_CONTENT"] ?? "");

  it("is the measured command line, with its configuration by environment", () => {
    const it = launch("opencode", { model: "openrouter/z-ai/glm-5.1:free", effort: "max" });
    expect([it.file, ...it.args].join(" ")).toBe(
      "opencode run --format json --auto -m openrouter/z-ai/glm-5.1:free --variant max",
    );
    expect(it.env).toMatchObject({ OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_PROJECT_CONFIG: "1" });
    expect(configOf(it)).toEqual({
      autoupdate: false,
      share: "disabled",
      instructions: ["/files/opencode-persona.md"],
    });
    expect(fileOf(it, "opencode-persona.md")).toBe(`${REQUEST.systemPrompt}\n`);
    expect(launch("opencode", { trustsWorktree: true }).env).not.toHaveProperty("OPENCODE_DISABLE_PROJECT_CONFIG");
  });

  it("denies what it may not do, since what it would have to ask for ends the run", () => {
    expect(configOf(launch("opencode", { permission: "read" }))).toMatchObject({
      permission: { edit: "deny", bash: "deny", webfetch: "deny", external_directory: "deny" },
    });
    const tools = { allow: ["Read", "Bash(npm test:*)", "Edit"], deny: ["Bash(rm *)", "WebFetch"] };
    expect(JSON.stringify(configOf(launch("opencode", { tools })))).toContain(
      '"permission":{"*":"deny","read":"allow","bash":{"*":"deny","npm test*":"allow","rm *":"deny"},"edit":"allow","webfetch":"deny"}',
    );
    expect(configOf(launch("opencode", { tools: { allow: [], deny: ["Bash(rm *)"] } }))).toMatchObject({
      permission: { bash: { "*": "allow", "rm *": "deny" } },
    });
    expect(problem("opencode", { tools: { allow: ["Teleport"], deny: [] } })).toBe("opencode has no tool 'Teleport'");
  });
});

describe("its own sandbox", () => {
  const ownSandbox = { domains: ["registry.example.com"] };

  it("claude holds in its commands by its sandbox and its own tools by the mode, and does not start without", () => {
    const it = launch("claude", { ownSandbox });
    expect(valueOf(it, "--permission-mode")).toBe("acceptEdits");
    expect(it.env["IS_SANDBOX"]).toBeUndefined();
    expect(JSON.parse(valueOf(it, "--settings") ?? "")).toEqual({
      sandbox: {
        enabled: true,
        failIfUnavailable: true,
        allowUnsandboxedCommands: false,
        autoAllowBashIfSandboxed: true,
        network: { allowedDomains: ["registry.example.com"] },
      },
    });
    expect(launch("claude").args).not.toContain("--settings");
  });

  it("codex writes in its workspace alone, and has a network only where the board names hosts", () => {
    const it = launch("codex", { ownSandbox });
    expect(valueOf(it, "-s")).toBe("workspace-write");
    expect(it.args).toContain("sandbox_workspace_write.network_access=true");
    const closed = launch("codex", { ownSandbox: { domains: [] } });
    expect(closed.args.join(" ")).not.toContain("network_access");
    const resumed = launch("codex", { ownSandbox, resume: "t-1" });
    expect(resumed.args).toContain('sandbox_mode="workspace-write"');
    expect(resumed.args).not.toContain("-s");
  });

  it("one that only reads gets no more by it", () => {
    expect(valueOf(launch("codex", { ownSandbox, permission: "read" }), "-s")).toBe("read-only");
    for (const permission of ["read", "edit"] as const) {
      const it = launch("claude", { ownSandbox, permission });
      expect(valueOf(it, "--permission-mode")).toBe(permission === "read" ? "dontAsk" : "acceptEdits");
      expect(valueOf(it, "--settings")).toContain('"autoAllowBashIfSandboxed":false');
    }
  });
});
