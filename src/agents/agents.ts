import { acp } from "./acp/index.ts";
import type { AgentAdapter } from "./adapter.ts";
import { claude } from "./claude/index.ts";
import { codex } from "./codex/index.ts";
import { command } from "./command/index.ts";
import { gemini } from "./gemini/index.ts";
import { opencode } from "./opencode/index.ts";
import { shell } from "./shell/index.ts";

/** Every agent this build knows. Add a folder, then one line here. */
const ADAPTERS: readonly AgentAdapter[] = [shell, command, claude, codex, gemini, opencode, acp];

export const AGENTS: ReadonlyMap<string, AgentAdapter> = new Map(ADAPTERS.map((it) => [it.id, it]));
