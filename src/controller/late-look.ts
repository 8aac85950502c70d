/** A look some time after each call of `soon`. */
export type LateLook = {
  soon(): void;
  /** No further look; resolves when none is under way. */
  close(): Promise<void>;
};

/** Looks `afterMs` after it is asked to. `look` throws nothing. */
export function createLateLook(afterMs: number, look: () => Promise<unknown>): LateLook {
  const timers = new Set<NodeJS.Timeout>();
  let last: Promise<unknown> = Promise.resolve();
  return {
    soon() {
      const timer = setTimeout(() => {
        timers.delete(timer);
        last = last.then(look);
      }, afterMs).unref();
      timers.add(timer);
    },
    async close() {
      for (const it of timers) clearTimeout(it);
      await last;
    },
  };
}

/** The same, but no two at once, and again and again for as long as `look` answers that there is more to come. */
export function createRepeatedLook(everyMs: number, look: () => Promise<boolean>): LateLook {
  let isAsked = false;
  let isClosed = false;
  const one = createLateLook(everyMs, async () => {
    isAsked = false;
    if (await look()) soon();
  });
  function soon(): void {
    if (isAsked || isClosed) return;
    isAsked = true;
    one.soon();
  }
  return {
    soon,
    async close() {
      isClosed = true;
      await one.close();
    },
  };
}
