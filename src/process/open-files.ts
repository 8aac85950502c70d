import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits while a process has a file below one of these real folders open, as far as that can be seen: not without /proc. */
export async function untilNoneIsOpenIn(folders: readonly string[], withinMs: number): Promise<void> {
  const startedAt = Date.now();
  while (folders.length > 0 && isAnyOpenIn(folders) && Date.now() - startedAt < withinMs) await sleep(LOOK_EVERY_MS);
}

const LOOK_EVERY_MS = 100;

function isAnyOpenIn(folders: readonly string[]): boolean {
  return namesIn("/proc").some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const open = `/proc/${pid}/fd`;
    return namesIn(open).some((it) => {
      const target = targetOf(`${open}/${it}`);
      return folders.some((folder) => target.startsWith(`${folder}/`));
    });
  });
}

// A process may end, or belong to somebody else, at any point of a look at it.
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return "";
  }
}
