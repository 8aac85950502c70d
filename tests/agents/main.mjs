import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { startVitest } from "vitest/node";
import { tableReporter } from "./table-reporter.mjs";

// The real agent programs against a model on loopback: `npm run test:agents [-- claude codex "acp/gemini hooks"]`. They are installed at exact
// versions into KANBAND_AGENTS_CACHE, or taken from PATH where the version is the same. Where it is possible, everything runs
// in a network namespace in which there is nothing but loopback.
const PACKAGES = {
  claude: ["@anthropic-ai/claude-code@2.1.328", "claude"],
  codex: ["@openai/codex@0.169.0", "codex"],
  gemini: ["@google/gemini-cli@0.61.0", "gemini"],
  opencode: ["opencode-ai@1.18.33", "opencode"],
  "claude-agent-acp": ["@agentclientprotocol/claude-agent-acp@0.100.0", "claude-agent-acp"],
  "codex-acp": ["@agentclientprotocol/codex-acp@2.6.0", "codex-acp"],
};
const cache = process.env.KANBAND_AGENTS_CACHE ?? join(homedir(), ".cache", "kanband-agents");
const filters = process.argv.slice(2);

if (process.env.KANBAND_AGENTS_BIN === undefined) {
  const bins = Object.entries(PACKAGES).flatMap(([name, [spec, program]]) => binOf(name, spec, program) ?? []);
  const env = { ...process.env, KANBAND_AGENTS_BIN: bins.join(delimiter) };
  const self = [process.execPath, import.meta.filename, ...filters];
  const isAlone = spawnSync("unshare", ["-n", "true"]).status === 0;
  if (!isAlone) console.log("No network namespace can be made here: the programs could reach the network.");
  const command = isAlone ? ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...self] : self;
  const { status } = spawnSync(command[0], command.slice(1), { env, stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  const env = { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", GIT_ALLOW_PROTOCOL: "file", TZ: "UTC" };
  const vitest = await startVitest("test", [], {
    config: false,
    root: join(import.meta.dirname, "..", ".."),
    watch: false,
    include: ["tests/agents/*.agents.ts"],
    ...(filters.length === 0 ? {} : { testNamePattern: filters.map((it) => `(^| )${it}`).join("|") }),
    env,
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
    reporters: ["default", tableReporter],
  });
  await vitest.close();
}

/** The folder of a program; undefined, with a line that says why, where it cannot be had. */
function binOf(name, spec, program) {
  const version = spec.slice(spec.lastIndexOf("@") + 1);
  const own = spawnSync(program, ["--version"], { encoding: "utf8", timeout: 20_000 });
  if (own.status === 0 && own.stdout.includes(version)) {
    return spawnSync("sh", ["-c", `dirname "$(command -v ${program})"`], { encoding: "utf8" }).stdout.trim();
  }
  const dir = join(cache, `${name}-${version}`);
  const bin = join(dir, "node_modules", ".bin");
  if (existsSync(join(bin, program))) return bin;
  console.log(`Installing ${spec} …`);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, "package.json"), "{}\n");
  const args = ["install", "--prefix", dir, "--no-audit", "--no-fund", "--loglevel=error", spec];
  const done = spawnSync("npm", args, { encoding: "utf8", timeout: 600_000 });
  if (done.status === 0 && existsSync(join(bin, program)) && readdirSync(bin).length > 0) return bin;
  console.log(`SKIPPED ${name}: ${spec} cannot be installed: ${(done.stderr ?? "").trim().split("\n").at(-1) ?? ""}`);
  rmSync(dir, { recursive: true, force: true });
  return undefined;
}
