/** The four ways in which agent programs talk to models. */
export type Api = "anthropic" | "responses" | "chat" | "gemini";

/** What a request asks, whichever way it came. */
export type Asked = {
  api: Api;
  model: string;
  isStream: boolean;
  /** System and developer messages, put together. */
  system: string;
  /** Names of the tools that were offered; the requests beside the main conversation offer none. */
  tools: readonly { name: string; isFreeForm: boolean }[];
  /** How hard the model is to think, in the words of its provider; empty: nothing was said. */
  effort: string;
  /** Everything that people and tools said, in order. */
  said: string;
  /** What the newest tools gave back. */
  lastResult: string;
  /** How many answers this conversation has had since a person spoke last. */
  step: number;
};

type Json = Readonly<Record<string, unknown>>;

/** Which way a request came; null for everything that is no question to a model. */
export function apiOf(path: string): Api | null {
  if (path.endsWith("/messages")) return "anthropic";
  if (path.endsWith("/responses")) return "responses";
  if (path.endsWith("/chat/completions")) return "chat";
  return /:(?:streamG|g)enerateContent$/.test(path) ? "gemini" : null;
}

/** Reads a request. */
export function readAsked(api: Api, path: string, body: Json): Asked {
  const turns = TURNS[api](body).map((it) => (it.role === "user" && isAside(it.text) ? { ...it, role: "aside" } : it));
  const people = turns.findLastIndex((it) => it.role === "user");
  const later = turns.slice(people + 1);
  // Several items in a row are one answer.
  const step = later.filter((it, index) => it.role === "model" && later[index - 1]?.role !== "model").length;
  return {
    api,
    model: api === "gemini" ? (/models\/([^/:]+):/.exec(path)?.[1] ?? "") : textOf(body["model"]),
    isStream: api === "gemini" ? path.includes("streamGenerateContent") : body["stream"] === true,
    system: [systemOf(api, body), ...turns.filter((it) => it.role === "system").map((it) => it.text)].join("\n"),
    tools: toolsOf(body["tools"]),
    effort: textOf(
      mapOf(body["output_config"])["effort"] ?? mapOf(body["reasoning"])["effort"] ?? body["reasoning_effort"],
    ),
    said: turns
      .filter((it) => it.role !== "system" && it.role !== "model")
      .map((it) => it.text)
      .join("\n"),
    lastResult: turns.findLast((it) => it.role === "tool")?.text ?? "",
    step,
  };
}

/** `aside`: what the program itself puts in between, in the name of the person. */
type Turn = { role: "system" | "user" | "model" | "tool" | "aside"; text: string };

const TURNS: Readonly<Record<Api, (body: Json) => Turn[]>> = {
  anthropic: ({ messages }) => listOf(messages).flatMap((it) => split(it["role"], it["content"], "tool_result")),
  chat: ({ messages }) => listOf(messages).map((it) => ({ role: roleOf(it["role"]), text: textOf(it["content"]) })),
  responses: ({ input }) =>
    (typeof input === "string" ? [{ role: "user", content: input }] : listOf(input)).flatMap((it: Json): Turn[] => {
      const type = textOf(it["type"] ?? "message");
      if (type === "message") return [{ role: roleOf(it["role"]), text: textOf(it["content"]) }];
      if (type.endsWith("output")) return [{ role: "tool", text: textOf(it["output"]) }];
      return type.endsWith("call") ? [{ role: "model", text: "" }] : [];
    }),
  gemini: ({ contents }) => listOf(contents).flatMap((it) => split(it["role"], it["parts"], "functionResponse")),
};

// What tools gave back comes as a message of the person, beside what the program itself puts in.
function split(role: unknown, content: unknown, result: string): Turn[] {
  const parts = typeof content === "string" ? [{ text: content }] : listOf(content);
  const isResult = (it: Json): boolean => it["type"] === result || it[result] !== undefined;
  const results = parts.filter(isResult).map((it) => textOf(it["content"] ?? it[result]));
  if (results.length > 0) return [{ role: "tool", text: results.join("\n") }];
  return [{ role: roleOf(role), text: textOf(parts) }];
}

// Reminders, the environment, skills: each in a tag of its own.
function isAside(text: string): boolean {
  return text.replace(/<([a-z_ -]+)\b[^>]*>[\s\S]*?<\/\1>/g, "").trim() === "";
}

function roleOf(role: unknown): Turn["role"] {
  if (role === "assistant" || role === "model") return "model";
  if (role === "tool") return "tool";
  return role === "system" || role === "developer" ? "system" : "user";
}

function systemOf(api: Api, body: Json): string {
  if (api === "anthropic") return textOf(body["system"]);
  if (api === "responses") return textOf(body["instructions"]);
  return api === "gemini" ? textOf(mapOf(body["systemInstruction"])["parts"]) : "";
}

function toolsOf(tools: unknown): Asked["tools"] {
  return listOf(tools).flatMap((it) => [
    ...listOf(it["functionDeclarations"]).map((tool) => ({ name: textOf(tool["name"]), isFreeForm: false })),
    ...toolsOf(it["tools"]),
    { name: textOf(it["name"] ?? mapOf(it["function"])["name"] ?? it["type"]), isFreeForm: it["type"] === "custom" },
  ]);
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).join("\n");
  if (typeof value !== "object" || value === null) return "";
  const it = mapOf(value);
  const inner = it["text"] ?? it["content"] ?? it["output"];
  return inner === undefined ? JSON.stringify(value) : textOf(inner);
}

function listOf(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(mapOf) : [];
}

function mapOf(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
