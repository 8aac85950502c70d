import { setTimeout as sleep } from "node:timers/promises";
import type { AcpRequest } from "../agents/acp/wire.ts";
import { fieldsOf } from "../agents/fields.ts";
import { type AgentProcess, startAgent } from "./agent-process.ts";
import { mayUse, outcomeOf } from "./permission.ts";
import { report } from "./report.ts";
import { converse, type Listeners, TalkError } from "./talk.ts";
import { openSession, takeTurn } from "./turn.ts";
import { createUpdates, type Updates } from "./updates.ts";

const STOPPED = 143;

/**
 * One run: starts the agent in the worktree, has it do its one turn, and ends it with all that it started. Gives the exit
 * code: 0 when the turn came to an end, whatever that is worth; 143 when it was `stop` that ended it; else 1.
 */
export async function runAgent(request: AcpRequest, worktree: string, stop: AbortSignal): Promise<number> {
  const agent = await startAgent(request.command, worktree).catch(reportSpawn);
  if (agent === null) return 1;
  try {
    await talkWith(agent, request, worktree, stop);
    return stop.aborted ? STOPPED : 0;
  } catch (error) {
    if (stop.aborted) return STOPPED;
    reportError(error);
    return 1;
  } finally {
    await agent.end(stop.aborted ? 0 : request.patience.endMs);
  }
}

async function talkWith(agent: AgentProcess, request: AcpRequest, worktree: string, stop: AbortSignal): Promise<void> {
  const { cancelMs } = request.patience;
  const stopped = new Promise<never>((_, reject) => {
    stop.addEventListener("abort", () => void sleep(cancelMs).then(() => reject(new Error("stopped"))));
  });
  stopped.catch(() => undefined);
  const now: Now = { updates: null, past: 0 };
  const talk = converse(agent, stopped, listenersOf(request, worktree, now));
  const session = await openSession(talk, request, worktree);
  if (session.isResumed) await untilQuiet(now, request.patience.quietMs);
  now.updates = createUpdates({ hasOwnCost: !session.isResumed });
  stop.addEventListener("abort", () => void talk.tell("session/cancel", { sessionId: session.sessionId }));
  if (stop.aborted) return;
  const answer = await takeTurn(talk, session, request);
  const { calls, ...sum } = now.updates.sum();
  const quota = fieldsOf(fieldsOf(answer["_meta"])?.["quota"]);
  report("stop", { reason: answer["stopReason"], usage: answer["usage"] ?? calls, quota, ...sum });
  talk.close();
}

/** `past`: how much a session that is loaded told of what it was before; that is nobody's answer. */
type Now = { updates: Updates | null; past: number };

/** Gemini answers first and tells the past afterwards. */
async function untilQuiet(now: Now, quietMs: number): Promise<void> {
  for (let seen = -1; seen !== now.past; ) {
    seen = now.past;
    await sleep(quietMs);
  }
}

function listenersOf(request: AcpRequest, worktree: string, now: Now): Listeners {
  return {
    onUpdate(update) {
      if (now.updates === null) now.past += 1;
      else now.updates.take(update);
    },
    onPermission(asked) {
      const tool = now.updates?.ask(fieldsOf(asked["toolCall"]) ?? {});
      const isAllowed = tool !== undefined && mayUse(tool, request, worktree);
      if (tool !== undefined && !isAllowed) now.updates?.refuse(tool);
      return outcomeOf(asked["options"], isAllowed);
    },
  };
}

function reportSpawn(error: NodeJS.ErrnoException): null {
  report("error", { at: "spawn", message: error.code === "ENOENT" ? "the program was not found" : error.message });
  return null;
}

function reportError(error: unknown): void {
  const isKnown = error instanceof TalkError;
  const message = error instanceof Error ? error.message : String(error);
  report("error", isKnown ? { at: error.at, message, code: error.code, data: error.data } : { at: "client", message });
}
