/** What the model says next. */
export type Answer = {
  text?: string;
  tool?: { name: string; input: Readonly<Record<string, unknown>> };
  usage?: { input: number; output: number };
};

/** What is sent back: an answer, an error of the provider, or nothing at all. */
export type Reply = Answer | { status: number; message: string; retryAfter?: number } | "hang";

/** One event of a stream, or several JSON values in a row. */
export type Sent = { events: readonly { event: string | null; data: unknown }[]; json: unknown };

export const DEFAULT_USAGE = { input: 1000, output: 50 };

/** The body of an error in the words of the provider. */
export function errorBody(api: string, status: number, message: string): unknown {
  if (api === "anthropic") {
    const types: Readonly<Record<number, string>> = {
      400: "invalid_request_error",
      401: "authentication_error",
      429: "rate_limit_error",
      529: "overloaded_error",
    };
    return { type: "error", error: { type: types[status] ?? "api_error", message } };
  }
  if (api === "gemini") {
    const names: Readonly<Record<number, string>> = {
      400: "INVALID_ARGUMENT",
      401: "UNAUTHENTICATED",
      429: "RESOURCE_EXHAUSTED",
      529: "UNAVAILABLE",
    };
    return { error: { code: status, message, status: names[status] ?? "INTERNAL" } };
  }
  const codes: Readonly<Record<number, string>> = { 401: "invalid_api_key", 429: "rate_limit_exceeded" };
  return { error: { message, type: codes[status] ?? "server_error", param: null, code: codes[status] ?? null } };
}
