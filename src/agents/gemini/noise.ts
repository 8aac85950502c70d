// What it prints on every run, and the places in its own code where something failed.
const NOISE =
  /^(?:Warning: (?:Basic terminal|256-color)|YOLO mode is enabled|\[STARTUP\]|Loaded cached credentials|\s+at )/;

/** Whether a line of Gemini's standard error says nothing. */
export function isNoise(line: string): boolean {
  return NOISE.test(line);
}
