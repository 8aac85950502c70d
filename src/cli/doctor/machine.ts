import { readFileSync, statfsSync } from "node:fs";
import { KanbandError } from "../../errors.ts";
import { askGitAsUser } from "../../git/run.ts";
import { type CheckUp, fail, ok, warn } from "./check-up.ts";

/** What does not depend on any board: Node, git, room on the disk, and whether the file system tells of changes. */
export async function checkMachine(dir: string): Promise<CheckUp[]> {
  return [
    checkNode(process.versions.node),
    await checkGit(dir),
    checkDisk(dir),
    checkFileSystem(dir),
    ...checkWatches(),
  ];
}

function checkNode(version: string): CheckUp {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isNew = major > 20 || (major === 20 && minor >= 19);
  return isNew ? ok("node", version) : fail("node", `${version} is too old`, "Install Node 20.19 or newer.");
}

async function checkGit(dir: string): Promise<CheckUp> {
  try {
    const { stdout } = await askGitAsUser(dir, ["version"]);
    const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(stdout) ?? [];
    const version = stdout.trim().replace("git version ", "");
    const isNew = Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 38);
    return isNew ? ok("git", version) : fail("git", `${version} is too old`, "Install git 2.38 or newer.");
  } catch (error) {
    const hint = error instanceof KanbandError ? error.hint : "Install git 2.38 or newer.";
    return fail("git", "cannot be started", hint);
  }
}

const GIB = 1024 ** 3;

function checkDisk(dir: string): CheckUp {
  const { bavail, bsize } = statfsSync(dir);
  const free = bavail * bsize;
  const message = `${(free / GIB).toFixed(1)} GiB free`;
  const hint = "Each worktree is a checkout of the repository; make room.";
  if (free < GIB / 10) return fail("disk", message, hint);
  return free < GIB ? warn("disk", message, hint) : ok("disk", message);
}

// Magic numbers of file systems that do not (or not always) tell of changes made elsewhere; see statfs(2).
const SILENT: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x517b, "SMB"],
  [0x01021997, "9p"],
  [0x65735546, "FUSE"],
]);

function checkFileSystem(dir: string): CheckUp {
  const name = process.platform === "linux" ? SILENT.get(statfsSync(dir).type) : undefined;
  if (name === undefined) return ok("file system", "tells of changes");
  return warn(
    "file system",
    `${name} may not tell of changes`,
    "Start with `kanband up --poll 2s` if moves are seen late.",
  );
}

const FEW_WATCHES = 1_024;
const FEW_INSTANCES = 32;

function checkWatches(): CheckUp[] {
  const watches = readLimit("max_user_watches");
  const instances = readLimit("max_user_instances");
  if (watches === null || instances === null) return [];
  const message = `${watches} watches, ${instances} instances a user`;
  if (watches >= FEW_WATCHES && instances >= FEW_INSTANCES) return [ok("watch limits", message)];
  return [
    warn(
      "watch limits",
      message,
      "Raise fs.inotify.max_user_watches and max_user_instances with sysctl, or use --poll.",
    ),
  ];
}

function readLimit(name: string): number | null {
  try {
    return Number(readFileSync(`/proc/sys/fs/inotify/${name}`, "utf8"));
  } catch {
    return null;
  }
}
