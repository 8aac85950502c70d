import { resolveAgent } from "../../agents/resolve-agent.ts";
import { type CheckUp, fail, ok, skip, warn } from "../doctor/check-up.ts";
import type { AccountFacts, AgentFacts } from "./agent-facts.ts";

/** Each agent looked over: is it there, is its version one that was tested, does somebody seem to be logged in, is it parked. */
export function checkAgents(agents: readonly AgentFacts[]): CheckUp[] {
  return agents.flatMap((agent) => [...checkProgram(agent), ...agent.parked.map((it) => parked(agent, it.reason))]);
}

function checkProgram({ name, problem, slots, program, title }: AgentFacts): CheckUp[] {
  const isUsed = slots.length > 0;
  if (problem !== null) {
    // Nobody misses what nobody uses.
    if (!isUsed) return [skip(name, `not here: ${problem}`)];
    return [fail(name, problem, `Install it, or take it from the slots ${slots.join(", ")} in board/board.md.`)];
  }
  const where = isUsed ? `in slot ${slots.join(", ")}` : "in no slot";
  if (program === null) return [ok(name, `${title}, ${where}`)];
  return [checkVersion(name, program, where), ...program.accounts.map((it) => checkLogin(name, it))];
}

function checkVersion(
  name: string,
  { file, version, testedVersion }: NonNullable<AgentFacts["program"]>,
  where: string,
): CheckUp {
  if (version === testedVersion) return ok(name, `${file} ${version}, the version that was tested, ${where}`);
  const hint = `Tested with ${testedVersion}. What it prints may have changed; sessions that look odd are worth a report.`;
  return warn(
    name,
    version === null ? `${file} does not say its version, ${where}` : `${file} ${version}, ${where}`,
    hint,
  );
}

function checkLogin(name: string, { home, logins, keys, heldBack }: AccountFacts): CheckUp {
  const line = `${name} ${home === null ? "login" : `login in ${home}`}`;
  if (keys.length > 0) return ok(line, `${keys.join(", ")} set, and runs get it`);
  if (logins.length > 0) return ok(line, `${logins.map((it) => `~/${it}`).join(", ")} is there`);
  if (heldBack.length > 0) {
    const message = `${heldBack.join(", ")} set here, but no run gets it`;
    return warn(line, message, `Add \`env: [${heldBack.join(", ")}]\` to its slot in board/board.md.`);
  }
  const agent = resolveAgent(name, {});
  const how = "problem" in agent ? null : agent.program?.howToLogIn;
  return warn(line, "no sign of one", how ?? "Log in with the program itself, or give its key to the slot by `env:`.");
}

function parked({ name }: AgentFacts, reason: string): CheckUp {
  return warn(
    name,
    reason,
    "Others of the chain take its place; a change of board/board.md has one that failed its setup tried again.",
  );
}
