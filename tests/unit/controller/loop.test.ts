import { describe, expect, it } from "vitest";
import { startLoop } from "../../../src/controller/loop.ts";

const NEVER = { requeueAfterMs: 3_600_000 };

describe("startLoop", () => {
  it("looks once at the start and rests until it is woken", async () => {
    const end = new AbortController();
    const seen = gate();
    const loop = startLoop({ tick: async () => (seen.pass(), NEVER), onError: fail, signal: end.signal });

    await seen.times(1);
    loop.wake();
    await seen.times(2);
    end.abort();
    await loop.done;

    expect(seen.count()).toBe(2);
  });

  it("makes one more pass for any number of wakes during a pass", async () => {
    const end = new AbortController();
    const seen = gate();
    const loop = startLoop({
      tick: async () => {
        seen.pass();
        if (seen.count() === 1) for (let wake = 0; wake < 10; wake++) loop.wake();
        return NEVER;
      },
      onError: fail,
      signal: end.signal,
    });

    await seen.times(2);
    await turn();
    end.abort();
    await loop.done;

    expect(seen.count()).toBe(2);
  });

  it("lets timers and signals have their turn, however often it is woken", async () => {
    const end = new AbortController();
    const timer = setTimeout(() => end.abort(), 1);
    const loop = startLoop({
      tick: async () => {
        loop.wake();
        return NEVER;
      },
      onError: fail,
      signal: end.signal,
    });
    // Without that it never ends.
    await loop.done;
    clearTimeout(timer);
  });

  it("never runs two passes at once", async () => {
    const end = new AbortController();
    const seen = gate();
    let inside = 0;
    let most = 0;
    const loop = startLoop({
      tick: async () => {
        inside += 1;
        most = Math.max(most, inside);
        loop.wake();
        await turn();
        inside -= 1;
        seen.pass();
        return { requeueAfterMs: 0 };
      },
      onError: fail,
      signal: end.signal,
    });

    await seen.times(20);
    end.abort();
    await loop.done;

    expect(most).toBe(1);
  });

  it("goes on after an error, when the handler says", async () => {
    const end = new AbortController();
    const seen = gate();
    const errors: unknown[] = [];
    const loop = startLoop({
      tick: async () => {
        seen.pass();
        if (seen.count() === 1) throw new Error("once");
        return NEVER;
      },
      onError: (error) => (errors.push(error), { requeueAfterMs: 0 }),
      signal: end.signal,
    });

    await seen.times(2);
    end.abort();
    await loop.done;

    expect(errors).toHaveLength(1);
  });
});

function fail(error: unknown): never {
  throw error;
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function gate(): { pass(): void; count(): number; times(count: number): Promise<void> } {
  let passed = 0;
  let waiting: { count: number; resolve: () => void }[] = [];
  return {
    count: () => passed,
    pass() {
      passed += 1;
      waiting = waiting.filter(({ count, resolve }) => {
        if (passed < count) return true;
        resolve();
        return false;
      });
    },
    times: async (count) => {
      if (passed >= count) return;
      await new Promise<void>((resolve) => waiting.push({ count, resolve }));
    },
  };
}
