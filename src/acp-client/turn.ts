import type { AcpRequest } from "../agents/acp/wire.ts";
import { type Fields, fieldsOf, listOf, textOf } from "../agents/fields.ts";
import { currentModel, effortFor, settingsFor } from "./choices.ts";
import { report } from "./report.ts";
import { type Talk, TalkError } from "./talk.ts";

const PROTOCOL = 1;

export type Opened = { sessionId: string; isResumed: boolean; takesPersona: boolean };

/** Agrees on the protocol and opens a session, with the model and mode that are wished for. Throws `TalkError`. */
export async function openSession(talk: Talk, request: AcpRequest, cwd: string): Promise<Opened> {
  const { startMs } = request.patience;
  const agent = await talk.ask("initialize", "initialize", HELLO, startMs);
  if (agent["protocolVersion"] !== PROTOCOL) {
    const version = JSON.stringify(agent["protocolVersion"]) ?? "none";
    throw new TalkError("initialize", `the agent speaks version ${version} of the protocol, not ${PROTOCOL}`);
  }
  const able = fieldsOf(agent["agentCapabilities"]);
  const takesPersona = fieldsOf(fieldsOf(able?.["sessionCapabilities"])?.["systemPrompt"]) !== null;
  const place = {
    cwd,
    mcpServers: [],
    ...(takesPersona && request.persona !== null ? { systemPrompt: appended(request.persona) } : {}),
    ...(Object.keys(request.meta).length === 0 ? {} : { _meta: request.meta }),
  };
  const old = able?.["loadSession"] === true ? await load(talk, request, place) : null;
  const opened = old ?? (await begin(talk, agent, place, startMs));
  const sessionId = old === null ? textOf(opened["sessionId"]) : request.resume;
  if (sessionId === null) throw new TalkError("session", "the agent opened a session without an id");
  if (old === null && request.resume !== null) report("note", { text: "the conversation is gone; began anew" });
  report("session", { id: sessionId, model: request.model ?? currentModel(opened), isResumed: old !== null });
  await applySettings(talk, sessionId, opened, request);
  return { sessionId, isResumed: old !== null, takesPersona };
}

/** The task as the one turn of the session; resolves with the agent's answer once the turn is over. */
export function takeTurn(talk: Talk, { sessionId, takesPersona }: Opened, request: AcpRequest): Promise<Fields> {
  const text = takesPersona ? request.prompt : request.promptWithPersona;
  return talk.ask("prompt", "session/prompt", { sessionId, prompt: [{ type: "text", text }] }, null);
}

// Neither files nor terminals are offered: agents have their own, and go by their own rules in the worktree.
const HELLO: Fields = {
  protocolVersion: PROTOCOL,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  clientInfo: { name: "kanband", title: "kanband", version: "1" },
};

const AUTH_REQUIRED = -32000;

function appended(text: string): Fields {
  return { mode: "append", content: [{ type: "text", text }] };
}

/** Null when there is nothing to go on with: the prompt says all that is needed to begin anew. */
async function load(talk: Talk, { resume, patience }: AcpRequest, place: Fields): Promise<Fields | null> {
  if (resume === null) return null;
  try {
    return await talk.ask("session", "session/load", { ...place, sessionId: resume }, patience.startMs);
  } catch (error) {
    if (!(error instanceof TalkError) || typeof error.code !== "number") throw error;
    const details = textOf(fieldsOf(error.data)?.["details"]) ?? error.message;
    report("note", { text: `the conversation could not be loaded: ${details}` });
    return null;
  }
}

/** An agent that wants a login gets the one kind that needs nobody: the key that is in its environment. */
async function begin(talk: Talk, agent: Fields, place: Fields, startMs: number): Promise<Fields> {
  try {
    return await talk.ask("session", "session/new", place, startMs);
  } catch (error) {
    const byKey = listOf(agent["authMethods"]).find((it) => fieldsOf(it["_meta"])?.["api-key"] !== undefined);
    if (!(error instanceof TalkError) || error.code !== AUTH_REQUIRED || byKey === undefined) throw error;
    await talk.ask("session", "authenticate", { methodId: byKey["id"] }, startMs);
    return talk.ask("session", "session/new", place, startMs);
  }
}

async function applySettings(talk: Talk, sessionId: string, opened: Fields, request: AcpRequest): Promise<void> {
  const { startMs } = request.patience;
  const chosen = settingsFor(sessionId, opened, request);
  if ("problem" in chosen) throw new TalkError("settings", chosen.problem);
  let now = opened;
  for (const { method, params } of chosen.settings) {
    // Another model may have other options.
    now = { ...now, ...(await talk.ask("settings", method, params, startMs)) };
  }
  if (chosen.effort === null) return;
  const effort = effortFor(sessionId, now, chosen.effort);
  if ("problem" in effort) throw new TalkError("settings", effort.problem);
  await talk.ask("settings", effort.method, effort.params, startMs);
}
