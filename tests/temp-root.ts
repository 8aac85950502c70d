import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system in memory, on Linux. */
const IN_MEMORY = "/dev/shm";
const ENOUGH_BYTES = 2 * 1024 ** 3;

/**
 * A folder for all that the tests make, gone when this process ends. In memory where there is room for it: thousands of
 * repositories are made, and nothing that a test can see depends on a disk having kept them. `TMPDIR` says otherwise.
 */
export function makeTempRoot(): string {
  const own = process.env["TMPDIR"] === undefined ? tempFolderIn(IN_MEMORY) : null;
  if (own !== null && isFit(own)) return own;
  if (own !== null) rmSync(own, { recursive: true });
  return tempFolderIn(tmpdir()) ?? tmpdir();
}

function tempFolderIn(base: string): string | null {
  try {
    const root = mkdtempSync(join(base, "kanband-tests-"));
    process.once("exit", () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
    return root;
  } catch {
    return null;
  }
}

// Containers often have next to nothing there, or let no program be started from it.
function isFit(root: string): boolean {
  const { bavail, bsize } = statfsSync(root);
  const probe = join(root, "probe");
  writeFileSync(probe, "#!/bin/sh\n", { mode: 0o755 });
  return bavail * bsize >= ENOUGH_BYTES && spawnSync(probe).status === 0;
}
