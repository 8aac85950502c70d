/**
 * Every place where the daemon can be made to die or fail, in the order in which an operation passes them.
 * A point stands between two durable steps: `before-…` starts a durable write, every other one follows the step it names.
 * Add a point here before calling `failpoint` with its name; the crash tests walk this list.
 */
export const FAILPOINTS = [
  "files.write.before-temp",
  "files.write.after-temp",
  "files.write.after-fsync",
  "files.write.after-rename",
  "files.write.after-sync-folder",

  "files.create.before-temp",
  "files.create.after-temp",
  "files.create.after-fsync",
  "files.create.after-link",
  "files.create.after-sync-folder",

  "files.move.before-link",
  "files.move.after-link",
  "files.move.after-take",
  "files.move.after-unlink",

  "files.edit.before-temp",
  "files.edit.after-temp",
  "files.edit.after-fsync",
  "files.edit.after-note",
  "files.edit.after-take",
  "files.edit.after-place",
  "files.edit.after-sync-folder",

  "files.putback.before-take",
  "files.putback.after-take",
  "files.putback.after-place",

  "files.append.before-write",
  "files.append.after-write",

  "files.remove.before-unlink",
  "files.remove.after-unlink",

  "process.start.before-record",
  "process.start.after-record",
  "process.start.before-spawn",
  "process.start.after-spawn",
  "process.void.before-mark",
  "process.void.after-mark",
  "process.stop.before-request",
  "process.stop.after-request",
  "process.stop.after-term",
  "process.stop.after-kill",
  "process.remove.before-unlink",
  "process.remove.after-unlink",
  "process.lock.before-take",
  "process.lock.after-take",
] as const;

export type Failpoint = (typeof FAILPOINTS)[number];
