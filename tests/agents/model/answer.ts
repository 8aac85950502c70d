/** What the model says next. */
export type Answer = {
  text?: string;
  tool?: { name: string; input: Readonly<Record<string, unknown>> };
  usage?: { input: number; output: number };
};

/** What is sent back: an answer, an error of the provider, or nothing at all. */
export type Reply = Answer | Refusal | "hang";

/** `retryAfter` in seconds. `resetsAt`, in seconds since the epoch: the limit of a plan, in the words of each provider. */
export type Refusal = { status: number; message: string; retryAfter?: number; resetsAt?: number };

/** One event of a stream, or several JSON values in a row. */
export type Sent = { events: readonly { event: string | null; data: unknown }[]; json: unknown };

export const DEFAULT_USAGE = { input: 1000, output: 50 };

/** What a provider says besides the body when it refuses. */
export function errorHeaders(api: string, { retryAfter, resetsAt }: Refusal): Record<string, string> {
  const limit = {
    "anthropic-ratelimit-unified-status": "rejected",
    "anthropic-ratelimit-unified-reset": String(resetsAt),
    "anthropic-ratelimit-unified-representative-claim": "five_hour",
  };
  return {
    ...(retryAfter === undefined ? {} : { "retry-after": String(retryAfter) }),
    ...(resetsAt === undefined || api !== "anthropic" ? {} : limit),
  };
}

/** The body of an error in the words of the provider. */
export function errorBody(api: string, { status, message, resetsAt }: Refusal): unknown {
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
    // Of a plan, not of a minute: asking again is of no use today.
    const quota = {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: [{ quotaId: "RequestsPerDay" }],
    };
    const delay = `${Math.round((resetsAt ?? 0) - Date.now() / 1000)}s`;
    const info = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: delay };
    const details = resetsAt === undefined ? {} : { details: [quota, info] };
    return { error: { code: status, message, status: names[status] ?? "INTERNAL", ...details } };
  }
  if (api === "responses" && resetsAt !== undefined) {
    return { error: { type: "usage_limit_reached", message, plan_type: "plus", resets_at: resetsAt } };
  }
  const codes: Readonly<Record<number, string>> = { 401: "invalid_api_key", 429: "rate_limit_exceeded" };
  return { error: { message, type: codes[status] ?? "server_error", param: null, code: codes[status] ?? null } };
}
