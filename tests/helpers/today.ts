import { it as every, type TestAPI } from "vitest";

const DAY_MS = 24 * 60 * 60 * 1000;
/** The day since 1970 whose turn it is; `npm test` prints it, and the same number takes the same turns again. */
const DAY = Number(process.env["KANBAND_DAY"] ?? Math.floor(Date.now() / DAY_MS));
/** Whether nothing takes turns, as in `npm run campaign points`. */
const IS_ALL = process.env["KANBAND_ALL_POINTS"] === "1";

/**
 * Every `count`th of these, others each day, and never none: for walks that are long and much the same with each of them.
 * `daysApart`: of a test that is there that often itself; by the day alone it would have the same ones each time.
 */
export function someToday<T>(items: readonly T[], count: number, daysApart = 1): T[] {
  const turn = Math.floor(DAY / daysApart) % Math.min(count, items.length);
  return items.filter((_, index) => IS_ALL || index % count === turn);
}

/**
 * For tests that are there `count` times, in other surroundings each: tells for one after the other whether it is their turn
 * today in the surroundings with this number. So all surroundings are met each day, and each test in all of them in turn.
 */
export function turnsOf(surroundings: number, count: number): () => boolean {
  let at = 0;
  return () => IS_ALL || (surroundings + at++) % count === DAY % count;
}

/** `it` for a file whose tests take turns like that: each of them, and each table of `it.each`, is there every `count`th day. */
export function itInTurn(surroundings: number, count: number): TestAPI {
  const isTurn = turnsOf(surroundings, count);
  return new Proxy(every, {
    apply: (_, _this, args: Parameters<TestAPI>) => every.runIf(isTurn())(...args),
    get: (target, name) => Reflect.get(name === "each" ? every.runIf(isTurn()) : target, name),
  });
}
