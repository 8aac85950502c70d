import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { errorBody, errorHeaders, type Reply, type Sent } from "./answer.ts";
import { anthropic } from "./anthropic.ts";
import { type Api, type Asked, apiOf, readAsked } from "./asked.ts";
import { chat } from "./chat.ts";
import { gemini } from "./gemini.ts";
import { responses } from "./responses.ts";

/** What the model says to a request. */
export type Script = (asked: Asked) => Reply;

/** A stand-in for the providers of models on loopback: it answers what the script says, and keeps what it was asked. */
export type ModelServer = {
  url: string;
  asked: Asked[];
  setScript(script: Script): void;
  close(): Promise<void>;
};

const ANSWERS = { anthropic, responses, chat, gemini };

export async function startModelServer(first: Script): Promise<ModelServer> {
  const state = { script: first, asked: [] as Asked[], count: 0 };
  const server = createServer((request, response) => {
    void answer(request, response, state).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`,
    asked: state.asked,
    setScript(script) {
      state.script = script;
      state.asked.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  state: { script: Script; asked: Asked[]; count: number },
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
  const { pathname } = new URL(request.url ?? "/", "http://model");
  const api = request.method === "POST" ? apiOf(pathname) : null;
  if (api === null) return other(request, response, pathname, Buffer.concat(chunks).length);
  const asked = readAsked(api, pathname, JSON.parse(Buffer.concat(chunks).toString("utf8")) as Record<string, unknown>);
  const reply = state.script(asked);
  state.asked.push(asked);
  state.count += 1;
  // The connection stays open until the other side has had enough.
  if (reply === "hang") return;
  if ("status" in reply) {
    return json(response, reply.status, errorBody(api, reply), errorHeaders(api, reply));
  }
  send(response, asked.isStream, ANSWERS[api](reply, asked.model, `rig${state.count}`), api);
}

function send(response: ServerResponse, isStream: boolean, sent: Sent, api: Api): void {
  if (!isStream) return json(response, 200, sent.json);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  for (const { event, data } of sent.events) {
    const head = event === null || api === "chat" ? "" : `event: ${event}\n`;
    response.write(`${head}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}

function other(request: IncomingMessage, response: ServerResponse, path: string, size: number): void {
  if (request.method === "HEAD") return void response.writeHead(200).end();
  if (path.endsWith("/count_tokens")) return json(response, 200, { input_tokens: Math.ceil(size / 4) });
  if (path.endsWith(":countTokens")) return json(response, 200, { totalTokens: Math.ceil(size / 4) });
  if (path.endsWith("/models")) return json(response, 200, { object: "list", data: [], models: [] });
  json(response, 404, { error: { message: "no such path", type: "not_found_error" } });
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
