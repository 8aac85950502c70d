import { resolveAgent } from "../../agents/resolve-agent.ts";
import { chooseTier, type ProbedTier, type Tier, whyNot } from "../../apply/tier.ts";
import type { Settings, SlotSettings } from "../../config/settings.ts";

import { type CheckUp, fail, ok, warn } from "./check-up.ts";

/** What stands between the runs of some slots and the rest of the machine. */
export type Isolation = {
  /** As the settings have it. */
  wish: Settings["sandbox"];
  slots: readonly string[];
  /** What that comes to here; null: it does not work, and nothing starts. */
  tier: Tier | null;
  /** Why it is not better; null: it is what was asked for. */
  problem: string | null;
  /** What does not happen, or is found and undone. */
  holds: readonly string[];
  /** What nothing keeps a run from, and what a person can do about it. */
  open: readonly { what: string; hint: string }[];
};

/** The tiers in force, the slots of each together. Starts two short processes at most. */
export async function isolationOf(settings: Settings | null): Promise<Isolation[]> {
  const ofBoard = settings?.sandbox ?? "none";
  const slots = settings?.slots ?? [];
  const wishes = [...new Set(slots.length === 0 ? [ofBoard] : slots.map((it) => it.sandbox ?? ofBoard))];
  const answers = new Map<ProbedTier, Promise<string | null>>();
  const askOnce = async (tier: ProbedTier): Promise<string | null> => {
    const answer = answers.get(tier) ?? whyNot(tier);
    answers.set(tier, answer);
    return await answer;
  };
  const found: Isolation[] = [];
  for (const wish of wishes) {
    const ofWish = slots.filter((it) => (it.sandbox ?? ofBoard) === wish);
    const hasOwn = settings !== null && ofWish.every((it) => agentsHaveOwn(it, settings));
    const { tier, problem } = await chooseTier(wish, hasOwn, askOnce);
    const facts = tier === null ? { holds: [], open: [] } : FACTS[tier];
    found.push({ wish, slots: ofWish.map(({ name }) => name), tier, problem, ...facts });
  }
  return found;
}

function agentsHaveOwn(slot: SlotSettings, { agent, agents }: Settings): boolean {
  return (slot.agents ?? [agent]).every((spec) => {
    const resolved = resolveAgent(spec, agents);
    return "program" in resolved && resolved.program?.hasOwnSandbox === true;
  });
}

/** The same as lines of the doctor. */
export function checkIsolation(isolation: readonly Isolation[]): CheckUp[] {
  return isolation.flatMap((it) => [
    checkTier(it),
    ...it.holds.map((line) => ok(`${String(it.tier)} holds`, line)),
    ...it.open.map(({ what, hint }) => warn(`${String(it.tier)} leaves open`, what, hint)),
  ]);
}

function checkTier({ wish, slots, tier, problem }: Isolation): CheckUp {
  const where = slots.length === 0 ? "" : ` in slot ${slots.join(", ")}`;
  if (tier === null) return fail("isolation", `sandbox: ${wish}${where}: ${problem ?? ""}`, NOT_HERE);
  if (tier !== "none") return ok("isolation", `sandbox: ${wish} is ${tier}${where}`);
  const message = `sandbox: ${wish} is none${where}: agents run with your own rights`;
  return warn(
    "isolation",
    problem === null ? message : `${message}, since ${problem}`,
    problem === null ? ASK : INSTALL,
  );
}

const NOT_HERE = "Nothing starts there. Install what is missing, or set `sandbox: auto` or `none` in board/board.md.";
const ASK = "`sandbox: auto` in board/board.md uses the best that works here.";
const INSTALL = "Install bubblewrap, or on macOS @anthropic-ai/sandbox-runtime, and it is used.";

function open(what: string, hint: string): Isolation["open"][number] {
  return { what, hint };
}

// Each line is what the probes of tests/e2e/daemon/ found; their tests compare the numbers.
const FACTS: Readonly<Record<Tier, Pick<Isolation, "holds" | "open">>> = {
  bwrap: {
    holds: [
      "an agent changes its worktree and what its program keeps in HOME; 39 of 39 other ways to change or see something failed",
      "pushing: 12 of 12 ways failed; a server is reached only with credentials that its `env` or its program's login give it",
    ],
    open: [
      open(
        "network: all of it, loopback included",
        "Where that matters, start `kanband up` behind a firewall of its own.",
      ),
      open(
        "reading: files and sockets outside of HOME and /tmp, `/run` among them",
        "Where that matters, start `kanband up` as a user of its own.",
      ),
      open(
        "HOME: its program's own settings and logins; hooks written there run the next time",
        "Give its slot a `home` of its own in board/board.md.",
      ),
    ],
  },
  srt: {
    holds: [
      "an agent changes its worktree and what its program keeps in HOME; 39 of 39 other ways to change or see something failed",
      "pushing: 12 of 12 ways failed; no host is reached but its provider's and those of `domains`",
    ],
    open: [
      open(
        "network: its provider's hosts, and those of `domains` in board/board.md",
        "Name none there that takes a push.",
      ),
      open("reading: files outside of HOME and /tmp", "Where that matters, start `kanband up` as a user of its own."),
      open(
        "HOME: its program's own settings and logins; hooks written there run the next time",
        "Give its slot a `home` of its own in board/board.md.",
      ),
    ],
  },
  cli: {
    holds: [
      "what the model does changes the worktree and temporary folders alone; its commands are not run where that does not work",
      "git: what it does all the same to refs, HEAD, index, settings, hooks and worktrees is undone afterwards, and its run fails",
    ],
    open: [
      open(
        "reading: HOME with its keys and logins",
        "Start `kanband up` as a user of its own, or use `sandbox: auto`.",
      ),
      open(
        "network: of codex's commands all of it once the board has `domains`; of claude's those hosts",
        "Leave `domains` out where nothing has to be fetched.",
      ),
      open(
        "leftovers: a command in a session of its own, with an empty environment and outside of the worktree, may outlive its task",
        "`ps -ef` shows it. Under `sandbox: bwrap` all that a run started ends with it.",
      ),
      open("checks: the commands of `verify` and `worktree.setup` run outside", "Use `sandbox: bwrap` or `srt`."),
    ],
  },
  none: {
    holds: [
      "git: 36 of 37 ways to change refs, HEAD, index, risky settings, hooks, finished sessions and worktrees are undone; its run fails, but for sessions alone",
      "pushing: 6 of 12 ways failed, those of a git that keeps the environment it was given",
    ],
    open: [
      open(
        "pushing: 6 of 12 ways, by a git with another environment; a server asks for credentials, and finds those in HOME",
        "Give its slot a `home` without any, or protect the branches on the server.",
      ),
      open(
        "writing: board, personas, other settings and the files of your checkout, where its hand looks like yours; HOME; git's objects",
        "`git log -p board/` and `git diff` show what changed, and git has what was there.",
      ),
      open(
        "git by hand: 1 of 37 ways, a new branch that it writes as a file; that looks like yours, and stays",
        "`git branch` shows it, and `git branch -D` removes it.",
      ),
      open(
        "git in your name: what a git with another environment commits, moves or deletes looks like yours, and stays",
        "`git reflog` shows where branches were; those that were deleted are in refs/kanband/preserved.",
      ),
      open(
        "reading: HOME with its keys and logins, and `/proc` with the environment of your other processes",
        "Start `kanband up` as a user of its own, or use `sandbox: auto`.",
      ),
      open(
        "network: all of it, loopback included",
        "Where that matters, start `kanband up` behind a firewall of its own.",
      ),
      open(
        "processes: it can end the daemon, and write the records of runs in `.git/kanband`",
        "Start `kanband up` again: runs go on meanwhile.",
      ),
      open(
        "leftovers: what it starts in a session of its own, with an empty environment and outside of its worktree, outlives its task",
        "`ps -ef` shows it. Under `sandbox: bwrap` all that a run started ends with it.",
      ),
    ],
  },
};
