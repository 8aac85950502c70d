import type { Reference, Walked } from "./walk.ts";

/** Worlds that are under way at once. */
const WIDTH = Number(process.env["KANBAND_WORLDS"] ?? 3);

export type Total = { kills: number; hit: Set<string>; violations: string[] };

/** Walks many worlds, a few at a time, and adds up what came of them. */
export async function walkAll<T>(items: readonly T[], walk: (item: T) => Promise<Walked>, total: Total): Promise<void> {
  const queue = items.map((item) => item);
  async function worker(): Promise<void> {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      const walked = await walk(item);
      total.kills += walked.kills;
      for (const place of walked.hit) total.hit.add(place);
      total.violations.push(...walked.violations.map((it) => `[${String(item)}] ${it}`));
    }
  }
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
}

/** Nothing yet. */
export function emptyTotal(): Total {
  return { kills: 0, hit: new Set(), violations: [] };
}

/**
 * The places that a scenario passes, dealt out to `count` worlds: each world has its own in the order in which they are
 * first passed, so that the daemon can die at one after the other on one way through the scenario.
 */
export function dealPlaces({ passes }: Reference, count: number): string[][] {
  const chains: string[][] = Array.from({ length: count }, () => []);
  [...passes.keys()].forEach((name, index) => chains[index % count]?.push(name));
  return chains;
}
