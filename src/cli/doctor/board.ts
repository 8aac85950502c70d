import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { branchOf, cycleBranchOf } from "../../board/branch.ts";
import { readDaemon } from "../../controller/control.ts";
import { agentName } from "../../decide/choose-agent.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { findUnfiltered } from "../../git/idle-filters.ts";
import type { Board } from "../../observe/open-board.ts";
import { collectFindings } from "../check/collect-findings.ts";
import { unheldVerify } from "../check/unheld-verify.ts";
import { lookAtBranch } from "../find-traces.ts";
import { type CheckUp, fail, ok, warn } from "./check-up.ts";
import { checkIsolation, isolationOf } from "./isolation.ts";
import { checkLeftovers } from "./leftovers.ts";
import { checkTools } from "./tools.ts";

/** What depends on the board: its layout and files, the repository's state, agents, runs, worktrees, the daemon. */
export async function checkBoard(board: Board, snapshot: Snapshot, now: number): Promise<CheckUp[]> {
  return [
    ok("board", `${board.boardRoot} (${board.layout}), ${count(snapshot.tasks.length, "task")}`),
    checkFiles(snapshot),
    checkHead(snapshot),
    checkBase(snapshot),
    ...(await checkFilters(board, snapshot)),
    checkLocks(board, now),
    ...checkAgents(snapshot),
    ...checkTools(snapshot.settings),
    ...checkVerify(snapshot),
    ...checkIsolation(await isolationOf(snapshot.settings)),
    checkWorktrees(snapshot),
    ...checkBranches(snapshot),
    checkLeftovers(board, snapshot),
    ...checkRuns(board, snapshot),
    checkDaemon(board),
  ];
}

function checkFiles(snapshot: Snapshot): CheckUp {
  // They are only counted: no line is looked up.
  const findings = collectFindings(snapshot, null, () => null);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const message = `${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
  if (errors > 0) return fail("files", message, "`kanband check` names each one.");
  return findings.length > 0 ? warn("files", message, "`kanband check` names each one.") : ok("files", "nothing wrong");
}

function checkHead({ repo }: Snapshot): CheckUp {
  if (repo.state === "ready")
    return ok("repository", `ready, board branch ${repo.boardBranch.replace("refs/heads/", "")}`);
  const message = `${repo.state}: ${repo.detail}`;
  const hint = "Nothing starts and nothing is committed until then; running tasks go on.";
  return repo.state === "missing" ? fail("repository", message, hint) : warn("repository", message, hint);
}

function checkBase({ repo, settings }: Snapshot): CheckUp {
  const base = settings?.base ?? "main";
  if (repo.baseSha !== null) return ok("base", `${base} at ${repo.baseSha.slice(0, 7)}`);
  return fail("base", `there is no branch ${base}`, "Make a first commit there, or set `base:` in board/board.md.");
}

// Nothing to say where there are none, as nearly everywhere.
async function checkFilters({ codeRepo }: Board, { repo }: Snapshot): Promise<CheckUp[]> {
  const found = repo.baseSha === null ? [] : await findUnfiltered(codeRepo, repo.baseSha);
  const [first] = found;
  if (first === undefined) return [];
  const names = [...new Set(found.map(({ filter }) => filter))].join(", ");
  const message = `${names}: not run by kanband, and ${count(found.length, "file")} of the base go through it, as ${first.path}`;
  return [warn("filters", message, "Changes of these files are not merged: bring them in by hand (docs/merging.md).")];
}

function checkVerify(snapshot: Snapshot): CheckUp[] {
  const found = unheldVerify(snapshot);
  return found === null ? [] : [warn("verify", found.message, found.hint)];
}

const OLD_LOCK_MS = 60_000;

function checkLocks({ boardRepo, codeRepo }: Board, now: number): CheckUp {
  const places = [boardRepo.gitDir, codeRepo.gitDir, boardRepo.commonDir, codeRepo.commonDir];
  const names = ["index.lock", "HEAD.lock", "config.lock", "packed-refs.lock"];
  const locks = [...new Set(places)]
    .flatMap((place) => names.map((name) => join(place, name)))
    .filter((path) => existsSync(path));
  const old = locks.find((path) => now - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? now) > OLD_LOCK_MS);
  if (old !== undefined)
    return fail("locks", `${old} is over a minute old`, "If no git command is running, remove that file.");
  return ok("locks", locks.length === 0 ? "none" : `${locks.length} held by a git command right now`);
}

// Agents that nobody uses here are named only when they could be.
function checkAgents({ agents, settings }: Snapshot): CheckUp[] {
  const chains = settings === null ? [] : [settings.agent, ...settings.slots.flatMap((slot) => slot.agents ?? [])];
  const used = new Set(chains.map(agentName));
  const inUse = [...used].map((name) => {
    const problem = agents.has(name) ? (agents.get(name)?.problem ?? null) : "no such agent";
    if (problem === null) return ok(`agent ${name}`, "found, in use");
    return fail(`agent ${name}`, problem, "Install it, or name another one in board/board.md.");
  });
  const others = [...agents.values()].filter(({ name, problem }) => problem === null && !used.has(name));
  return [...inUse, ...others.map(({ name }) => ok(`agent ${name}`, "found"))];
}

function checkWorktrees({ worktrees }: Snapshot): CheckUp {
  const broken = worktrees.filter(({ isUsable }) => !isUsable).map(({ name }) => name);
  if (broken.length > 0) {
    return warn(
      "worktrees",
      `${broken.join(", ")} cannot be used`,
      "They are repaired or made anew at the next start.",
    );
  }
  const inUse = worktrees.filter(({ taskId }) => taskId !== null).length;
  return ok("worktrees", `${inUse} in use, ${worktrees.length - inUse} free`);
}

// Where the board is not checked out, every branch would seem to have no task.
function checkBranches(snapshot: Snapshot): CheckUp[] {
  const { branches, cycles, tasks, runs, repo } = snapshot;
  if (repo.state !== "ready") return [];
  const known = new Set([...tasks.map(({ id }) => id), ...runs.map(({ taskId }) => taskId)]);
  const all = [
    ...[...branches.keys()].map((id) => ({ id, name: branchOf(id) })),
    ...[...cycles].flatMap(([id, it]) => [...it.keys()].map((cycle) => ({ id, name: cycleBranchOf(id, cycle) }))),
  ];
  const left = all.filter(({ id }) => !known.has(id)).map(({ name }) => name);
  const [first] = left;
  if (first === undefined) return [];
  const hint = `\`${lookAtBranch(snapshot, first)}\` shows the work; \`git branch -D ${first}\` if nobody wants it.`;
  return [warn("branches", `of no task: ${left.join(", ")}`, hint)];
}

function checkRuns({ runtimeDir }: Board, { runs }: Snapshot): CheckUp[] {
  const live = runs.filter(({ state }) => state === "running" || state === "starting");
  const lost = runs.filter(({ state }) => state === "lost");
  const checks = [
    ok(
      "runs",
      live.length === 0 ? "none" : live.map(({ taskId, slot }) => `${taskId} in ${slot ?? "no slot"}`).join(", "),
    ),
  ];
  if (lost.length > 0) {
    const ids = lost.map(({ taskId }) => taskId).join(", ");
    checks.push(warn("lost runs", ids, "`kanband up` keeps their work and starts the tasks again."));
  }
  if (live.length > 0 && readDaemon(runtimeDir)?.isAlive !== true) {
    checks.push(
      warn(
        "unattended",
        `${live.length === 1 ? "a run goes" : `${live.length} runs go`} on without a daemon`,
        "`kanband up` takes them over.",
      ),
    );
  }
  return checks;
}

function checkDaemon({ runtimeDir }: Board): CheckUp {
  const daemon = readDaemon(runtimeDir);
  if (daemon === null) return ok("daemon", "not running");
  const { pid } = daemon.identity;
  if (daemon.isAlive)
    return ok("daemon", `process ${pid}, ${daemon.state}, since ${new Date(daemon.startedAt).toISOString()}`);
  return warn("daemon", `process ${pid} ended without saying so`, "`kanband up` takes over from it.");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
