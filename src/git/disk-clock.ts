import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { statOf } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";

/**
 * What time it is on the disk of a repository: that of a network disk or of a folder shared with a virtual machine has the times of
 * its server. Where nothing can be written there it is ours.
 */
export function diskNow(place: GitPlace): number {
  return Date.now() + clockAhead(place);
}

/** How far its clock is ahead of ours, in milliseconds; 0 where that is no more than the steps in which clocks go. */
export function clockAhead({ commonDir }: GitPlace): number {
  const now = Date.now();
  const known = KNOWN.get(commonDir);
  if (known !== undefined && Math.abs(now - known.at) < KNOWN_MS) return known.ahead;
  const ahead = measure(join(commonDir, "kanband"), now);
  KNOWN.set(commonDir, { at: now, ahead });
  return ahead;
}

// A cache: it is asked again and again while somebody is waited for.
const KNOWN = new Map<string, { at: number; ahead: number }>();
const KNOWN_MS = 10_000;
const STEP_MS = 50;

function measure(folder: string, before: number): number {
  const path = join(folder, "clock");
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, "\n");
    const written = Number(statOf(path)?.mtimeMs ?? before);
    const after = Date.now();
    const isSame = written > before - STEP_MS && written < after + STEP_MS;
    return isSame ? 0 : written - (before + after) / 2;
  } catch {
    return 0;
  }
}
