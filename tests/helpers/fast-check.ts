import fc from "fast-check";

// A fixed seed: a test says the same of the same code, and a change is not blamed for what a new seed finds.
// `npm run campaign decide` looks with ever new ones; KANBAND_SEED sets one here too.
fc.configureGlobal({ seed: Number(process.env["KANBAND_SEED"] ?? 20_261_121) });

/**
 * How many examples of a property: a third of them in `npm test`, where the seed gives the same ones each time, all of them
 * in `npm run campaign properties`, where it gives others.
 */
export function someOf(all: number): number {
  return process.env["KANBAND_ALL_RUNS"] === "1" ? all : Math.ceil(all / 3);
}

// All of Unicode but the surrogates. The library's own makes a map of all of them in each worker, which takes seconds.
/** Any character there is, for a `unit`. */
export const anyCharacter = fc
  .integer({ min: 0, max: 0x10_ff_ff - 0x8_00 })
  .map((it) => String.fromCodePoint(it < 0xd8_00 ? it : it + 0x8_00));

/** Any text there is. */
export const anyText = fc.string({ unit: anyCharacter });

export { default as fc } from "fast-check";
