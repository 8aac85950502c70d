import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits until something is true; throws after 20 s. */
export async function until(isTrue: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !isTrue(); await sleep(20)) {
    if (Date.now() > end) throw new Error("waited in vain");
  }
}

/** Waits until a file is there. */
export async function untilFile(path: string): Promise<void> {
  await until(() => existsSync(path));
}
