import { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientConnection, client, ndJsonStream } from "@agentclientprotocol/sdk";
import { type Fields, fieldsOf } from "../agents/fields.ts";
import type { AgentProcess } from "./agent-process.ts";

/** What came of it when a request has no answer, and `at` which of the steps. */
export class TalkError extends Error {
  readonly at: string;
  readonly code: unknown;
  readonly data: unknown;
  constructor(at: string, message: string, { code = null, data = null }: { code?: unknown; data?: unknown } = {}) {
    super(message);
    this.at = at;
    this.code = code;
    this.data = data;
  }
}

/** A connection to an agent in which every request comes to an end: by its answer, the agent's end, or the time. */
export type Talk = {
  /** `waitMs` null: as long as it takes. Throws `TalkError`. */
  ask(at: string, method: string, params: Fields, waitMs: number | null): Promise<Fields>;
  tell(method: string, params: Fields): Promise<void>;
  close(): void;
};

export type Listeners = { onUpdate(update: Fields): void; onPermission(asked: Fields): Fields };

// An edit of a big file comes whole, twice, in one line.
const LINE_BYTES = 64 * 1024 * 1024;

/**
 * `stopped` never resolves, or rejects once nobody waits for answers any more. What the agent asks for that we have not is
 * refused.
 */
export function converse(agent: AgentProcess, stopped: Promise<never>, listeners: Listeners): Talk {
  const stream = ndJsonStream(Writable.toWeb(agent.stdin), readableOf(agent), { maxMessageBytes: LINE_BYTES });
  const connection = client({ name: "kanband" })
    .onRequest("session/request_permission", fieldsOrNone, ({ params }) => listeners.onPermission(params))
    .onNotification("session/update", fieldsOrNone, ({ params }) => listeners.onUpdate(fieldsOrNone(params["update"])))
    // Agents have notices of their own.
    .onNotification("*", () => undefined)
    .connect(stream);

  async function ask(at: string, method: string, params: Fields, waitMs: number | null): Promise<Fields> {
    const late = new AbortController();
    const inTime = waitMs === null ? [] : [tooLate(at, method, waitMs, late.signal)];
    try {
      const answer = answerOf(connection, method, params);
      return await Promise.race([answer, goneOf(agent, connection), stopped, ...inTime]);
    } catch (error) {
      // How the agent went away is more to the point than that its line is closed.
      const how = connection.signal.aborted ? await Promise.race([agent.ended, sleep(LAST_MS, null)]) : null;
      throw how === null ? asTalkError(at, error) : new TalkError(at, how);
    } finally {
      late.abort();
    }
  }

  return {
    ask,
    tell: (method, params) => connection.agent.notify(method, params),
    close: () => connection.close(),
  };
}

function fieldsOrNone(value: unknown): Fields {
  return fieldsOf(value) ?? {};
}

function readableOf({ stdout }: AgentProcess): ReadableStream<Uint8Array> {
  return Readable.toWeb(stdout) as ReadableStream<Uint8Array>;
}

async function answerOf(connection: ClientConnection, method: string, params: Fields): Promise<Fields> {
  const answer = await connection.agent.request<unknown>(method, params);
  // What was said before the answer is still being handed round.
  await new Promise((resolve) => setImmediate(resolve));
  return fieldsOrNone(answer);
}

/** The agent went away; its last answer may still be on the way. */
async function goneOf({ ended }: AgentProcess, connection: ClientConnection): Promise<never> {
  const how = await ended;
  await Promise.race([connection.closed, sleep(LAST_MS)]);
  await new Promise((resolve) => setImmediate(resolve));
  throw new Error(how);
}

const LAST_MS = 1000;

async function tooLate(at: string, method: string, waitMs: number, signal: AbortSignal): Promise<never> {
  await sleep(waitMs, undefined, { signal });
  throw new TalkError(at, `the agent did not answer ${method} in ${Math.ceil(waitMs / 1000)} s`);
}

function asTalkError(at: string, error: unknown): Error {
  if (!(error instanceof Error) || error instanceof TalkError || error.name === "AbortError") {
    return error instanceof Error ? error : new TalkError(at, String(error));
  }
  const { code = null, data = null } = error as Error & { code?: unknown; data?: unknown };
  return new TalkError(at, error.message, { code, data });
}
