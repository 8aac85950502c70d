import type { FailureClass } from "../board/session.ts";

/** What an HTTP status of a provider means for the agent; null for one that is no failure. */
export function classOfStatus(status: number): FailureClass | null {
  if (!Number.isInteger(status) || status < 400 || status > 599) return null;
  // 404 is a model that is not there; 402 a bill that is not paid.
  if ([401, 402, 403, 404, 407].includes(status)) return "setup";
  return status >= 500 || [408, 409, 425, 429].includes(status) ? "overloaded" : "agent";
}

/** The class of a failure of which only the words are known, and perhaps the status: the last resort, after every code. */
export function classOfMessage(message: string, status: number | null = null): FailureClass {
  if (USAGE_LIMIT.test(message)) return "overloaded";
  if (BILLING.test(message)) return "setup";
  const known = classOfStatus(status ?? statusIn(message));
  if (known !== null) return known;
  if (LOGIN.test(message) || NO_MODEL.test(message)) return "setup";
  return TRANSIENT.test(message) ? "overloaded" : "agent";
}

/** Whether a conversation that was to go on is not there: it has to begin anew, and nothing is wrong with the agent. */
export function cannotResume(message: string): boolean {
  return GONE.test(message);
}

/** Whether two first starts met at the database that each makes in a new HOME: the next start finds it made. */
export function isFirstStartRace(message: string): boolean {
  return RACE.test(message);
}

// A subscription's limit, which ends by itself; its text may well offer to buy more.
const USAGE_LIMIT =
  /\b(?:usage|session|weekly|daily|\d+[- ]hour) limit\b|\byou(?:['’]ve| have) (?:hit|reached) your .{0,40}limit/i;
const BILLING =
  /credit balance|insufficient[_ ](?:quota|credits?|balance|funds)|billing_error|payment required|quota exceeded\. check your plan and billing/i;
const LOGIN =
  /unauthori[sz]ed|unauthenticated|authenticat(?:e|ion)|(?:invalid|incorrect|missing) (?:x-)?api[- ]key|api key (?:not|is not) |api_key environment variable|not logged in|\/login|PERMISSION_DENIED|access denied|does not have access/i;
const NO_MODEL =
  /model\w*\b.{0,80}(?:not found|does not exist|not exist|not supported|no longer available|not available)|ModelNotFound|(?:unknown|no such|invalid) model|no-such-model/i;
const TRANSIENT =
  /overloaded|high demand|temporar|unavailable|try again later|tim(?:ed?|e)[- ]?out|\bECONN\w*|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|connection (?:failed|refused|reset|closed|error|lost)|(?:un|not )able to connect|cannot connect|fetch failed|network|socket|error sending request|stream (?:disconnected|closed|ended)|rate[- _]?limit|too many requests|quota|RESOURCE_EXHAUSTED/i;
// Of opencode, and of codex-acp.
const RACE = /Failed query:|database is locked|failed to initialize (?:sqlite )?state runtime/;
const GONE =
  /\b(?:session|conversation|thread|rollout)\b.{0,80}\b(?:not found|does not exist|no such)|\bno (?:saved )?(?:conversation|rollout|session|thread)s?\b.{0,40}\bfound|(?:invalid|error resuming) session/i;

function statusIn(message: string): number {
  const found = /\b(?:status|code|error)"?(?: code)?[:=\s(]{1,3}([45]\d\d)\b/i.exec(message);
  return found === null ? Number.NaN : Number(found[1]);
}
