import { taggedProcesses, tagOf } from "./tagged.ts";

/** Looks again and again for two runs of one task that are alive at once; `stop` ends that. */
export function watchDoubles(prefix: string): { found: Set<string>; mostAtOnce: () => number; stop: () => void } {
  const found = new Set<string>();
  const most = { processes: 0 };
  const timer = setInterval(() => {
    const tagged = taggedProcesses(prefix);
    most.processes = Math.max(most.processes, tagged.length);
    const seen = new Map<string, (typeof tagged)[number]>();
    for (const it of tagged) {
      const taskId = it.runId.split(".")[0] ?? "";
      const other = seen.get(taskId);
      seen.set(taskId, it);
      if (other === undefined || other.runId === it.runId) continue;
      // The first may have ended before the second began.
      if (tagOf(other.pid) === other.runId && tagOf(it.pid) === it.runId) found.add(`${other.runId} and ${it.runId}`);
    }
  }, LOOK_EVERY_MS);
  return { found, mostAtOnce: () => most.processes, stop: () => clearInterval(timer) };
}

const LOOK_EVERY_MS = 250;
