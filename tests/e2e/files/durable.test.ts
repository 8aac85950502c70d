import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  appendFile,
  blobSha,
  createFileDurably,
  editFileDurably,
  moveFileDurably,
  recoverDisplaced,
  removeFileDurably,
  sweepTempFiles,
  writeFileDurably,
} from "../../../src/files/durable.ts";

/** On another file system than the folders of these tests, if there is one. */
const FAR = ["/dev/shm", "/tmp", "/var/tmp", import.meta.dirname].find((it) => {
  return existsSync(it) && statSync(it).dev !== statSync(tmpdir()).dev;
});

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), "kanband-files-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function withCode(code: string): unknown {
  return expect.objectContaining({ code });
}

describe("blobSha", () => {
  it.each(["sha1", "sha256"] as const)("is git's id in %s", (format) => {
    const dir = folder();
    execFileSync("git", ["init", "-q", `--object-format=${format}`, dir]);
    const id = execFileSync("git", ["-C", dir, "hash-object", "--stdin"], { input: "héllo\n" }).toString().trim();
    expect(blobSha(Buffer.from("héllo\n"), format)).toBe(id);
  });
});

describe("writeFileDurably", () => {
  it("makes and replaces, with the mode it is given, and leaves nothing beside", () => {
    const dir = folder();
    writeFileDurably(join(dir, "a"), "one");
    writeFileDurably(join(dir, "a"), "two", { mode: 0o600 });
    expect(readFileSync(join(dir, "a"), "utf8")).toBe("two");
    expect(statSync(join(dir, "a")).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(["a"]);
  });

  it("says which path it could not write, with the cause", () => {
    const path = join(folder(), "missing", "a");
    expect(() => writeFileDurably(path, "x")).toThrow(
      expect.objectContaining({
        code: "WRITE_FAILED",
        message: expect.stringContaining(path),
        cause: expect.objectContaining({ code: "ENOENT" }),
      }),
    );
  });
});

describe("createFileDurably", () => {
  it("never clobbers", () => {
    const path = join(folder(), "a");
    createFileDurably(path, "mine");
    expect(() => createFileDurably(path, "other")).toThrow(withCode("FILE_EXISTS"));
    expect(readFileSync(path, "utf8")).toBe("mine");
    expect(readdirSync(join(path, ".."))).toEqual(["a"]);
  });
});

describe("moveFileDurably", () => {
  it("makes the folder and keeps the inode", () => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "text");
    const { ino } = statSync(join(dir, "a"));
    moveFileDurably(join(dir, "a"), join(dir, "sub", "b"));
    expect(statSync(join(dir, "sub", "b")).ino).toBe(ino);
    expect(readdirSync(dir)).toEqual(["sub"]);
  });

  it("never clobbers", () => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "a");
    writeFileSync(join(dir, "b"), "b");
    expect(() => moveFileDurably(join(dir, "a"), join(dir, "b"))).toThrow(withCode("FILE_EXISTS"));
    expect(readFileSync(join(dir, "a"), "utf8") + readFileSync(join(dir, "b"), "utf8")).toBe("ab");
  });
});

describe("editFileDurably", () => {
  const edit = (dir: string, expected: string, next: string | null, to?: string): void =>
    editFileDurably(
      join(dir, "a"),
      blobSha(Buffer.from(expected)),
      next === null ? null : Buffer.from(next),
      join(dir, ".d"),
      to,
    );

  it("replaces what was read, keeping the owner's mode", () => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "old");
    chmodSync(join(dir, "a"), 0o664);
    edit(dir, "old", "new");
    expect(readFileSync(join(dir, "a"), "utf8")).toBe("new");
    expect(statSync(join(dir, "a")).mode & 0o777).toBe(0o664);
    expect(readdirSync(dir).sort()).toEqual([".d", "a"]);
  });

  it("moves what was read in the same step", () => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "old");
    edit(dir, "old", "new", join(dir, "sub", "b"));
    expect(readFileSync(join(dir, "sub", "b"), "utf8")).toBe("new");
    expect(existsSync(join(dir, "a"))).toBe(false);
  });

  it("removes what was read", () => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "old");
    edit(dir, "old", null);
    expect(existsSync(join(dir, "a"))).toBe(false);
  });

  it("leaves a target that is taken, and the source", () => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "old");
    writeFileSync(join(dir, "b"), "taken");
    expect(() => edit(dir, "old", "new", join(dir, "b"))).toThrow(withCode("FILE_EXISTS"));
    expect(readFileSync(join(dir, "a"), "utf8") + readFileSync(join(dir, "b"), "utf8")).toBe("oldtaken");
    expect(readdirSync(join(dir, ".d"))).toEqual([]);
  });

  it.each([
    ["other text", (dir: string) => writeFileSync(join(dir, "a"), "theirs")],
    ["no file", () => undefined],
    ["a folder", (dir: string) => mkdirSync(join(dir, "a"))],
    ["a FIFO", (dir: string) => execFileSync("mkfifo", [join(dir, "a")])],
    [
      "a symbolic link",
      (dir: string) => {
        writeFileSync(join(dir, "target"), "old");
        symlinkSync("target", join(dir, "a"));
      },
    ],
  ])("leaves %s in the place alone", (_, arrange) => {
    const dir = folder();
    arrange(dir);
    const before = readdirSync(dir);
    expect(() => edit(dir, "old", "new")).toThrow(withCode("FILE_CHANGED"));
    expect(readdirSync(dir)).toEqual(before);
  });
});

describe("displaced files", () => {
  const arrange = (displaced: (dir: string) => string): { dir: string; displaced: string } => {
    const dir = folder();
    writeFileSync(join(dir, "a"), "old");
    const it = { dir, displaced: displaced(dir) };
    editFileDurably(join(dir, "a"), blobSha(Buffer.from("old")), Buffer.from("new"), it.displaced);
    return it;
  };

  it("go away when nobody has touched them for a while, and not before", () => {
    const { displaced } = arrange((dir) => join(dir, "displaced"));
    expect(recoverDisplaced(displaced)).toEqual([]);
    expect(readdirSync(displaced)).toHaveLength(2);
    const [note = ""] = readdirSync(displaced).filter((name) => name.endsWith(".closed"));
    lutimesSync(join(displaced, note), new Date(0), new Date(0));
    expect(recoverDisplaced(displaced)).toEqual([]);
    expect(readdirSync(displaced)).toEqual([]);
  });

  // The runtime folder may be on another file system than the board.
  it.runIf(FAR !== undefined)("stay beside their place when they cannot be moved far", async () => {
    const { dir, displaced } = arrange(() => {
      const far = mkdtempSync(join(FAR ?? "", "kanband-displaced-"));
      onTestFinished(() => rmSync(far, { recursive: true, force: true }));
      return far;
    });
    const [store = ""] = readdirSync(dir).filter((name) => name !== "a");
    expect(store).toMatch(/^\.kanband-\w+\.kept$/);
    sweepTempFiles([dir]);
    writeFileSync(join(dir, store), "typed late");
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(recoverDisplaced(displaced)).toMatchObject([{ path: join(dir, "a"), isBack: true }]);
    expect([readdirSync(dir), readdirSync(displaced)]).toEqual([["a"], []]);
  });
});

describe("appendFile and removeFileDurably", () => {
  it("add at the end; remove once, and again without complaint", () => {
    const path = join(folder(), "a");
    appendFile(path, "1\n");
    appendFile(path, "2\n");
    expect(readFileSync(path, "utf8")).toBe("1\n2\n");
    removeFileDurably(path);
    removeFileDurably(path);
    expect(existsSync(path)).toBe(false);
  });
});

describe("sweepTempFiles", () => {
  it("removes our temp files, puts back a file caught on its way out, and touches nothing else", () => {
    const dir = folder();
    const id = "0123456789abcdef";
    writeFileSync(join(dir, `.kanband-${id}.tmp`), "half");
    writeFileSync(join(dir, `.kanband-${id}.taken-a.md`), "a person's");
    writeFileSync(join(dir, "moved.md"), "moved");
    linkSync(join(dir, "moved.md"), join(dir, `.kanband-${id}.taken-old.md`));
    writeFileSync(join(dir, ".kanband-mine.tmp"), "somebody's");
    sweepTempFiles([dir, join(dir, "missing")]);
    expect(readdirSync(dir).sort()).toEqual([".kanband-mine.tmp", "a.md", "moved.md"]);
  });
});
