import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { writeFiles } from "../../helpers/git-repo.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

const READING: readonly (readonly string[])[] = [
  ["status"],
  ["status", "--json"],
  ["why", "ready"],
  ["why", "ready", "--json"],
  ["show", "ready"],
  ["show", "broken"],
  ["log", "ready"],
  ["report"],
  ["report", "--json"],
  ["approve", "ready"],
  ["check"],
  ["check", "--ci"],
  ["preserved"],
  ["personas"],
  ["personas", "lint"],
  ["personas", "new", "engineer"],
  ["doctor"],
  ["up", "--dry-run"],
  ["up", "--dry-run", "--json"],
  ["completion", "bash", "--", "why", ""],
  ["--help"],
  ["up", "--help"],
  ["move", "nonsense", "done"],
];

describe("read commands", () => {
  it("writes nothing: not a file, not a time, not in .git either", async () => {
    const { root } = await boardRepo({
      "board/planned/ready.md": shellTask("echo 1"),
      "board/planned/waits.md": shellTask("echo 1", "dependencies: [ready]\n"),
      "board/doing/moved.md": shellTask("echo 1"),
      "board/backlog/broken.md": '---\ntitle: "open\n---\n',
      "board/done/old.md": "Do it.\n",
    });
    writeFiles(root, { "board/planned/new.md": shellTask("echo 1"), "code.txt": "changed\n" });
    const before = picture(root);

    for (const args of READING) {
      const { exitCode, stderr } = await runCli(root, args);
      expect([args, exitCode, picture(root)]).toEqual([args, exitCode, before]);
      expect([args, exitCode === 70 ? stderr : ""]).toEqual([args, ""]);
    }
  });

  it("the picture sees a planted write", async () => {
    const { root } = await boardRepo();
    const before = picture(root);

    writeFiles(root, { ".git/kanband/x": "" });

    expect(picture(root)).not.toEqual(before);
  });
});

/** Every file below a folder: its bytes, mode and the time of its last change. */
function picture(root: string): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => {
      const { mode, mtimeMs, ino } = lstatSync(path);
      const bytes = lstatSync(path).isFile() ? createHash("sha1").update(readFileSync(path)).digest("hex") : "folder";
      return [relative(root, path), mode, mtimeMs, ino, bytes].join(" ");
    })
    .toSorted();
}
