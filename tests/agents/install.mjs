import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { AGENTS } from "../../dist/agents/agents.js";

// Which package has the program of an agent. The version is the one that its adapter says it was tested with.
const PACKAGES = {
  claude: "@anthropic-ai/claude-code",
  codex: "@openai/codex",
  gemini: "@google/gemini-cli",
  opencode: "opencode-ai",
  "claude-agent-acp": "@agentclientprotocol/claude-agent-acp",
  "codex-acp": "@agentclientprotocol/codex-acp",
  qwen: "@qwen-code/qwen-code",
  copilot: "@github/copilot",
};
const cache = process.env.KANBAND_AGENTS_CACHE ?? join(homedir(), ".cache", "kanband-agents");

/**
 * Where the programs are, installed at their exact versions where they are not on PATH; and why some are not to be had, by name.
 */
export function installPrograms(wanted = Object.keys(PACKAGES)) {
  const bins = [];
  const skipped = {};
  for (const program of wanted) {
    const found = binOf(program, PACKAGES[program], versionOf(program));
    if ("bin" in found) bins.push(found.bin);
    else skipped[program] = found.problem;
  }
  for (const [program, problem] of Object.entries(skipped)) console.log(`SKIPPED ${program}: ${problem}`);
  return { bins, skipped };
}

function versionOf(file) {
  const programs = [...AGENTS.values()].flatMap(({ program, presets = {} }) => [
    program,
    ...Object.values(presets).map((it) => it.program),
  ]);
  return programs.find((it) => it?.file === file).testedVersion;
}

function binOf(program, name, version) {
  const own = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 20_000 });
  if (own.status === 0 && own.stdout.includes(version)) {
    return { bin: spawnSync("sh", ["-c", `dirname "$(command -v ${program})"`], { encoding: "utf8" }).stdout.trim() };
  }
  const dir = join(cache, `${program}-${version}`);
  const bin = join(dir, "node_modules", ".bin");
  if (existsSync(join(bin, program))) return { bin };
  console.log(`Installing ${name}@${version} …`);
  try {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "package.json"), "{}\n");
  } catch (error) {
    return { problem: `there is no place for ${name}@${version}: ${error.message}` };
  }
  const args = ["install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error", `${name}@${version}`];
  const done = spawnSync("npm", args, { encoding: "utf8", timeout: 600_000 });
  if (done.status === 0 && existsSync(join(bin, program))) return { bin };
  rmSync(dir, { recursive: true, force: true });
  return { problem: `${name}@${version} cannot be installed: ${whyNot(done)}` };
}

function whyNot({ error, stderr, status }) {
  if (error !== undefined) return error.message;
  const lines = (stderr ?? "").split("\n").map((it) => it.replace(/^npm (?:error|warn) /, "").trim());
  const told =
    lines.find((it) => /^(?:\d{3} |E[A-Z]+|code |notarget |network )/.test(it)) ?? lines.findLast((it) => it !== "");
  return told ?? `npm ended with ${status}`;
}
