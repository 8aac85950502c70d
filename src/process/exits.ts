// Runs that this process started itself, and who wants to know of their end. The only thing a daemon knows that a restart forgets.
const OWN = new Map<string, { hasEnded: boolean; callbacks: Set<() => void> }>();

/**
 * Calls back once a run that this very process started is over: at once, not at the next look.
 * Says nothing about runs that an earlier daemon started. Returns the way to call it off.
 */
export function onExit(runId: string, callback: () => void): () => void {
  const own = OWN.get(runId);
  if (own === undefined) return () => undefined;
  if (own.hasEnded) queueMicrotask(callback);
  own.callbacks.add(callback);
  return () => own.callbacks.delete(callback);
}

/** Remembers a run that this process has just started; `ended` settles with its supervisor. */
export function watchOwnRun(runId: string, ended: Promise<unknown>): void {
  const own = { hasEnded: false, callbacks: new Set<() => void>() };
  OWN.set(runId, own);
  const settle = (): void => {
    own.hasEnded = true;
    for (const callback of own.callbacks) callback();
  };
  ended.then(settle, settle);
}

/** The run's folder is gone, and nobody asks any more. */
export function forgetOwnRun(runId: string): void {
  OWN.delete(runId);
}
