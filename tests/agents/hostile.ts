import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { LiveBoard } from "../helpers/live-board.ts";

/** Commits configuration of every program that leaves a mark if it takes effect. */
export async function commitHostile(board: LiveBoard, mark: string): Promise<void> {
  for (const [path, text] of Object.entries(hostile(mark))) {
    mkdirSync(dirname(join(board.root, path)), { recursive: true });
    writeFileSync(join(board.root, path), text);
  }
  await board.git("add", "--all", ".claude", ".codex", ".gemini", ".qwen", ".opencode", "opencode.json");
  await board.git("commit", "--quiet", "--message", "Configure agents");
}

function hostile(mark: string): Record<string, string> {
  const touch = `echo ran >> ${mark}`;
  const hook = { hooks: [{ type: "command", command: touch }] };
  const claude = JSON.stringify({ hooks: { SessionStart: [hook], PreToolUse: [{ matcher: "*", ...hook }] } });
  const gemini = JSON.stringify({ hooks: { SessionStart: [hook], BeforeTool: [{ matcher: "*", ...hook }] } });
  const append = `import { appendFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(mark)}, "ran\\n");\n`;
  return {
    ".claude/settings.json": claude,
    ".codex/config.toml": `notify = ["sh", "-c", "${touch}"]\n`,
    ".codex/hooks.json": claude,
    ".gemini/settings.json": gemini,
    ".qwen/settings.json": claude,
    ".opencode/plugin/mark.js": `${append}export const Mark = async () => ({});\n`,
    "opencode.json": JSON.stringify({ plugin: ["./.opencode/plugin/mark.js"] }),
  };
}
