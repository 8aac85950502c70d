import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits while a process has a file below one of these real folders open, as far as that can be seen: not without /proc. */
export async function untilNoneIsOpenIn(folders: readonly string[], withinMs: number): Promise<void> {
  const startedAt = Date.now();
  while (folders.length > 0 && isAnyOpenIn(folders) && Date.now() - startedAt < withinMs) await sleep(LOOK_EVERY_MS);
}

const LOOK_EVERY_MS = 100;

/**
 * The files that a process has open for writing, as `inodeOf` names them, among those whose path ends as `isWanted` says: in a
 * container they have another beginning. As far as that can be seen: none without /proc, nor of other users.
 */
export function openForWriting(isWanted: (path: string) => boolean): ReadonlySet<string> {
  return new Set(
    listOpen().flatMap(({ process, name, target }) => {
      return isWanted(target) && isForWriting(`${process}/fdinfo/${name}`) ? inodeAt(`${process}/fd/${name}`) : [];
    }),
  );
}

/** What tells a file from all others while it is there. */
export function inodeOf({ dev, ino }: { dev: bigint; ino: bigint }): string {
  return `${dev}:${ino}`;
}

function isForWriting(info: string): boolean {
  const [, flags = "0"] = /^flags:\s*([0-7]+)$/m.exec(orGone(() => readFileSync(info, "utf8"), "")) ?? [];
  return (Number.parseInt(flags, 8) & ACCESS_MODE) !== 0;
}

const ACCESS_MODE = 0o3;

function inodeAt(path: string): string[] {
  return orGone(() => [inodeOf(statSync(path, { bigint: true }))], []);
}

function isAnyOpenIn(folders: readonly string[]): boolean {
  return listOpen().some(({ target }) => folders.some((folder) => target.startsWith(`${folder}/`)));
}

type Open = { process: string; name: string; target: string };

function listOpen(): Open[] {
  const processes = orGone(() => readdirSync("/proc"), []).filter((pid) => /^\d+$/.test(pid));
  return processes.flatMap((pid) => {
    const process = `/proc/${pid}`;
    const names = orGone(() => readdirSync(`${process}/fd`), []);
    return names.map((name) => ({ process, name, target: orGone(() => readlinkSync(`${process}/fd/${name}`), "") }));
  });
}

// A process may end, or belong to somebody else, at any point of a look at it.
function orGone<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
