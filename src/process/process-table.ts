import type { ExecFileSyncOptionsWithStringEncoding } from "node:child_process";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";

/** One process of this machine. */
export type ProcessEntry = {
  pid: number;
  parent: number;
  group: number;
  /** Whatever the system calls its start; only good for comparing. */
  startTime: string;
  isZombie: boolean;
  hasTerminal: boolean;
  cpuMs: number;
};

/** Linux counts CPU time in ticks of a hundredth of a second, whatever the kernel's own clock. */
const TICK_MS = 10;
const HAS_PROC = existsSync("/proc/self/stat");

/** One process; null when there is none with this number. */
export function readProcess(pid: number): ProcessEntry | null {
  if (!HAS_PROC) return parsePs(ps(["-p", String(pid)]))[0] ?? null;
  const stat = readProcFile(`/proc/${pid}/stat`);
  return stat === null ? null : parseStat(pid, stat.toString("latin1"));
}

/** Every process that can be seen. */
export function listProcesses(): ProcessEntry[] {
  if (!HAS_PROC) return parsePs(ps(["-A"]));
  return listPids().flatMap((pid) => readProcess(pid) ?? []);
}

/** Whether a process was started with `name=value` in its environment. Another user's process is never ours. */
export function hasVariable(pid: number, name: string, value: string): boolean {
  const wanted = `${name}=${value}`;
  if (!HAS_PROC) return ` ${psEnvironment(pid)} `.includes(` ${wanted} `);
  const environment = readProcFile(`/proc/${pid}/environ`);
  return environment?.includes(wanted) === true && environment.toString("latin1").split("\0").includes(wanted);
}

/** What a process was started with under this name; null when there is none, or it cannot be seen. */
export function variableOf(pid: number, name: string): string | null {
  const all = HAS_PROC
    ? readProcFile(`/proc/${pid}/environ`)?.toString("utf8").split("\0")
    : psEnvironment(pid).split(" ");
  return all?.find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
}

/** The short name of a program; empty when it cannot be seen. */
export function nameOf(pid: number): string {
  return HAS_PROC ? (readProcFile(`/proc/${pid}/comm`)?.toString("utf8").trimEnd() ?? "") : "";
}

/** The current folder of a process; null when it cannot be seen. */
export function folderOf(pid: number): string | null {
  try {
    // The kernel marks a folder that is gone.
    if (HAS_PROC) return readlinkSync(`/proc/${pid}/cwd`).replace(/ \(deleted\)$/, "");
    const lines = execFileSync("lsof", ["-a", "-d", "cwd", "-p", String(pid), "-Fn"], QUIET).split("\n");
    return lines.find((line) => line.startsWith("n"))?.slice(1) ?? null;
  } catch {
    return null;
  }
}

function listPids(): number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

// A process may end, or belong to somebody else, at any point of a look at it.
function readProcFile(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

// The second field is the program's name in parentheses, which may itself hold blanks and parentheses.
function parseStat(pid: number, stat: string): ProcessEntry {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const number = (index: number): number => Number(fields[index - 3]);
  return {
    pid,
    parent: number(4),
    group: number(5),
    startTime: fields[22 - 3] ?? "",
    isZombie: fields[0] === "Z" || fields[0] === "X",
    hasTerminal: number(7) !== 0,
    cpuMs: (number(14) + number(15) + number(16) + number(17)) * TICK_MS,
  };
}

const QUIET: ExecFileSyncOptionsWithStringEncoding = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };

function ps(selection: readonly string[]): string {
  try {
    const columns = ["pid=", "ppid=", "pgid=", "stat=", "tty=", "time=", "lstart="].flatMap((it) => ["-o", it]);
    return execFileSync("ps", [...selection, ...columns], { ...QUIET, env: { ...process.env, LC_ALL: "C" } });
  } catch {
    return "";
  }
}

function psEnvironment(pid: number): string {
  try {
    return execFileSync("ps", ["-E", "-ww", "-o", "command=", "-p", String(pid)], QUIET);
  } catch {
    return "";
  }
}

/** Exported for its test: the columns of `ps` where there is no /proc. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split("\n").flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (match === null) return [];
    const [, pid, parent, group, state = "", terminal = "", time = "", startTime = ""] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        startTime,
        isZombie: state.startsWith("Z"),
        hasTerminal: !/^\?+$|^-$/.test(terminal),
        cpuMs: parseCpuTime(time),
      },
    ];
  });
}

/** `1-02:03:04`, `02:03:04` or `3:04.50`. */
function parseCpuTime(text: string): number {
  const [, days = "0", clock = "0"] = /^(?:(\d+)-)?(.+)$/.exec(text) ?? [];
  const seconds = clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}
