// What agents say of themselves as if the model had said it, each as one piece: Copilot while it tries again and after a
// refusal, Gemini when its mode changes.
const RETRYING = /^Info: Request failed due to a transient API error\. Retrying\.\.\.$/;
const NOTICES = [RETRYING, /^Info: Operation cancelled by user$/, /^\[MODE_UPDATE\] \S+$/];

/** Whether a piece of text is the agent's own, and no part of an answer. */
export function isNotice(text: string): boolean {
  return NOTICES.some((it) => it.test(text));
}

/** Whether it says that the provider failed and is asked again. */
export function isRetry(text: string): boolean {
  return RETRYING.test(text);
}
