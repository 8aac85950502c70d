import { setImmediate, setTimeout as sleep } from "node:timers/promises";

export type Loop = { wake: () => void; done: Promise<void> };

export type LoopOptions = {
  /** One pass; says when to look again at the latest, in ms from now. */
  tick: () => Promise<{ requeueAfterMs: number }>;
  onError: (error: unknown) => { requeueAfterMs: number };
  signal: AbortSignal;
};

/**
 * Runs `tick` again and again, one at a time, until `signal` aborts.
 * `wake` carries no event, only that a look is due: any number of wakes during a pass make one more pass.
 */
export function startLoop({ tick, onError, signal }: LoopOptions): Loop {
  let rest = new AbortController();
  // Aborting again costs an error with its stack each time, and a flood of events wakes thousands of times.
  const wake = (): void => {
    if (!rest.signal.aborted) rest.abort();
  };
  signal.addEventListener("abort", wake, { once: true });

  async function run(): Promise<void> {
    while (!signal.aborted) {
      rest = new AbortController();
      const { requeueAfterMs } = await tick().catch(onError);
      // However often it is woken, signals, timers and events of the disk have their turn in between.
      await setImmediate();
      // A wake during the pass has already aborted this rest, so the sleep ends at once.
      await sleep(requeueAfterMs, undefined, { signal: rest.signal }).catch(() => undefined);
    }
  }
  return { wake, done: Promise.resolve().then(run) };
}
