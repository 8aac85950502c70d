/**
 * Every error code with its exit code and its hint. `docs/errors.md` lists exactly these, and a test compares the two.
 * Exit codes: 1 an operation failed, 2 wrong usage, 3 no board or repository, 4 something needs a person, 70 our bug.
 */
export const ERRORS = {
  USAGE: { exitCode: 2, hint: "See `kanband --help`." },
  NOT_A_REPOSITORY: { exitCode: 3, hint: "Run `git init` first, or change to a git repository." },
  NO_BOARD: { exitCode: 3, hint: "Run `kanband init` to make one." },
  BOARD_ELSEWHERE: { exitCode: 4, hint: "Check the board's branch out again; `kanband status` says what goes on." },
  GIT_MISSING: { exitCode: 3, hint: "Install git 2.38 or newer and make sure it is on PATH." },
  GIT_TOO_OLD: { exitCode: 3, hint: "Install git 2.38 or newer." },
  GIT_FAILED: { exitCode: 1, hint: "The message is git's own; run the same command by hand to look closer." },
  GIT_LOCKED: { exitCode: 4, hint: "If no git command is running, remove the lock file it names." },
  REF_MOVED: { exitCode: 1, hint: "Somebody else moved the branch; it is tried again." },
  TASK_UNKNOWN: { exitCode: 2, hint: "`kanband status` lists the tasks." },
  TASK_INVALID: { exitCode: 4, hint: "Mend the file; it is read again as soon as it is saved." },
  TASK_DUPLICATE: { exitCode: 4, hint: "Remove or rename one of the two files." },
  NAME_NOT_PORTABLE: { exitCode: 4, hint: "Rename the file: letters, digits, `-`, `_` and `.` work everywhere." },
  LANE_UNKNOWN: { exitCode: 2, hint: "Lanes: backlog, planned, doing, for_review, done, blocked." },
  SETTINGS_INVALID: { exitCode: 4, hint: "Mend board/board.md; the last good settings stay in force until then." },
  PERSONA_INVALID: { exitCode: 4, hint: "Mend the persona's file." },
  PERSONA_LINT: { exitCode: 4, hint: "Worth a second look; nothing stops because of it." },
  PERSONA_UNKNOWN: { exitCode: 4, hint: "Name a file of personas/, without `.md`." },
  WORKFLOW_INVALID: { exitCode: 4, hint: "Mend the workflow's file." },
  WORKFLOW_UNKNOWN: { exitCode: 4, hint: "Name a file of personas/workflows/, without `.md`." },
  DEPENDENCY_UNKNOWN: { exitCode: 4, hint: "Correct the id, or add the task." },
  DEPENDENCY_CYCLE: { exitCode: 4, hint: "Remove one of the dependencies that it names." },
  AGENT_UNKNOWN: { exitCode: 4, hint: "`kanband agents` lists them." },
  FILE_CHANGED: { exitCode: 1, hint: "Somebody edited the file meanwhile; it is read again." },
  FILE_EXISTS: { exitCode: 1, hint: "Choose another name, or remove the file that is there." },
  WRITE_FAILED: { exitCode: 1, hint: "Free some disk space or mend the permissions; nothing was lost." },
  WORKTREE_BROKEN: { exitCode: 1, hint: "It is repaired or made anew by itself; `kanband doctor` shows the state." },
  RUN_BROKEN: { exitCode: 1, hint: "The record of a run cannot be read; its task is started again." },
  SPAWN_FAILED: { exitCode: 1, hint: "Check that the program exists and may be run." },
  DAEMON_RUNNING: { exitCode: 4, hint: "`kanband status` shows it; `kanband down` ends it." },
  DAEMON_NOT_RUNNING: { exitCode: 4, hint: "Start it with `kanband up`." },
  DAEMON_FAILED: { exitCode: 1, hint: "The log in the runtime directory says more." },
  PR_NOT_READY: { exitCode: 4, hint: "`kanband why <task>` says how the task stands." },
  PR_NO_BRANCH: { exitCode: 4, hint: "`kanband why <task>` says how the task stands; there is nothing to push." },
  PUSH_REJECTED: {
    exitCode: 4,
    hint: "Somebody pushed to that branch: fetch it and merge it into the task's; a push is never forced.",
  },
  REMOTE_FAILED: {
    exitCode: 1,
    hint: "Run the git command it names by hand; it says what is missing, such as a login.",
  },
  FORGE_LOGIN: { exitCode: 4, hint: "`gh auth login` or `glab auth login`, then the same command again." },
  FORGE_FAILED: { exitCode: 1, hint: "The message is the program's own; run it by hand to look closer." },
  BASE_DIVERGED: { exitCode: 4, hint: "`git pull` where the base is checked out, then `kanband pr <task> --sync`." },
  BASE_DIRTY: { exitCode: 4, hint: "Commit, stash or undo what it names, then `kanband pr <task> --sync`." },
  CHECK_FAILED: { exitCode: 1, hint: "Mend what is listed." },
  INTERNAL: { exitCode: 70, hint: "This is a bug in kanband; please report it with the log." },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** An error a person can act on: what, where, what was expected; the hint says what to type next. */
export class KanbandError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options?: { hint?: string; cause?: unknown }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.name = "KanbandError";
    this.code = code;
    this.hint = options?.hint ?? ERRORS[code].hint;
  }

  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }
}
