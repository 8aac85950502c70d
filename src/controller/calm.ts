import { setImmediate, setTimeout as sleep } from "node:timers/promises";

/** A person moves a few files at once; more than this is a tool at work. */
const MANY = 16;
const SILENCE_MS = 4;
const LONGEST_MS = 60;

/**
 * Waits for the end of a flood of events, so that it is seen in one look and committed in one piece rather than in two
 * halves. `count`: how many paths they were about so far. A few are no flood and wait for nothing.
 */
export async function untilCalm(count: () => number): Promise<void> {
  const before = count();
  // The rest of what the system has to tell arrives within this turn.
  if (before > 0) await setImmediate();
  const deadline = performance.now() + LONGEST_MS;
  for (let seen = -1; count() > MANY && seen !== count() && performance.now() < deadline; ) {
    seen = count();
    await sleep(SILENCE_MS);
  }
}
