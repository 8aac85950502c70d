import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { recoverDisplaced, sweepTempFiles } from "../../../src/files/durable.ts";
import { FAILPOINTS } from "../../../src/files/failpoints.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";
import { turnsOf } from "../../helpers/today.ts";

const OLD = "title: old\n\nold text\n";
const NEW = "title: old\nassigned: A\n\nold text\n";
const TYPED = "title: old\n\nold text, and what a person typed\n";

type Editor = { open(path: string): void; save(path: string): void };

/** How programs save: each either opens the file at the instant of saving or has had it open since before the daemon came. */
const EDITORS: Record<string, () => Editor> = {
  write: () => ({
    open: () => undefined,
    save: (path) => overwrite(openSync(path, existsSync(path) ? "r+" : "w")),
  }),
  "truncate-then-write": () => ({
    open: () => undefined,
    save: (path) => writeFileSync(path, TYPED),
  }),
  "temp+rename": () => ({
    open: (path) => writeFileSync(`${path}~`, TYPED),
    save: (path) => renameSync(`${path}~`, path),
  }),
  "write through a descriptor that is long open": () => {
    const held: number[] = [];
    return { open: (path) => held.push(openSync(path, "r+")), save: () => held.forEach(overwrite) };
  },
  "rename away, then create": () => ({
    open: () => undefined,
    save: (path) => {
      if (existsSync(path)) renameSync(path, `${path}~`);
      writeFileSync(path, TYPED, { flag: existsSync(path) ? "w" : "wx" });
    },
  }),
};

function overwrite(descriptor: number): void {
  ftruncateSync(descriptor, 0);
  writeSync(descriptor, TYPED, 0);
  closeSync(descriptor);
}

const EDIT_POINTS = FAILPOINTS.filter((point) => point.startsWith("files.edit."));

const CASES = ["in place", "to another lane"].flatMap((mode, at) => {
  const isTurn = turnsOf(at, 4);
  return Object.keys(EDITORS).flatMap((editor) => {
    return EDIT_POINTS.filter(() => isTurn()).map((point) => ({ editor, mode, point }));
  });
});

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

function arrange() {
  const root = mkdtempSync(join(tmpdir(), "kanband-races-"));
  roots.push(root);
  const [planned, doing, displaced] = ["planned", "doing", "displaced"].map((it) => join(root, it)) as [
    string,
    string,
    string,
  ];
  mkdirSync(planned);
  writeFileSync(join(planned, "a.md"), OLD);
  return { root, path: join(planned, "a.md"), to: join(doing, "a.md"), displaced, hold: join(root, "hold") };
}

function startEdit(path: string, to: string, displaced: string, failpoints: string) {
  const code = `
    import { blobSha, editFileDurably } from "./files/durable.js";
    const [path, to, displaced, OLD, NEW] = ${JSON.stringify([path, to, displaced, OLD, NEW])};
    try { editFileDurably(path, blobSha(Buffer.from(OLD)), Buffer.from(NEW), displaced, to); console.log("done"); }
    catch (error) { console.log(error.code); }`;
  return run(code, { env: { KANBAND_FAILPOINTS: failpoints } }).ended;
}

async function reached(hold: string): Promise<void> {
  while (!existsSync(`${hold}.at`)) await sleep(2);
}

/** Every text that can still be had: in a lane, or kept with its name. */
function texts(root: string): string[] {
  return ["planned", "doing", "displaced/kept"].flatMap((folder) => {
    const dir = join(root, folder);
    return existsSync(dir) ? readdirSync(dir).map((name) => readFileSync(join(dir, name), "utf8")) : [];
  });
}

describe.concurrent("what a person saves while the daemon edits the same file", () => {
  it.each(CASES)("is never lost: $editor at $point, $mode", async ({ editor, mode, point }) => {
    const { root, path, to, displaced, hold } = arrange();
    const person = EDITORS[editor]?.() as Editor;
    person.open(path);
    const edit = startEdit(path, mode === "in place" ? path : to, displaced, `${point}=hold:${hold}`);
    await reached(hold);
    // The person saves where the file was opened, wherever it is by now.
    person.save(path);
    writeFileSync(`${hold}.go`, "");
    const { stdout } = await edit;
    await sleep(120);
    recoverDisplaced(displaced);
    sweepTempFiles([dirname(path), dirname(to)]);

    expect(["done", "FILE_CHANGED"]).toContain(stdout.trim());
    expect(texts(root)).toContain(TYPED);
    expect(readdirSync(dirname(path)).filter((name) => name.startsWith("."))).toEqual([]);
  });
});

describe("a late write through a descriptor that was open before the edit", () => {
  it("comes back into its place, though the daemon edited the file again meanwhile", async () => {
    const { path, to, displaced } = arrange();
    const descriptor = openSync(path, "r+");
    await startEdit(path, to, displaced, "");
    const again = `
      import { blobSha, editFileDurably } from "./files/durable.js";
      const [to, displaced, NEW] = ${JSON.stringify([to, displaced, NEW])};
      editFileDurably(to, blobSha(Buffer.from(NEW)), Buffer.from(NEW + "stale: yes"), displaced);`;
    expect((await run(again).ended).code).toBe(0);
    overwrite(descriptor);
    await sleep(120);
    const [found] = recoverDisplaced(displaced);
    expect(found).toMatchObject({ path: to, isBack: true });
    expect(found?.bytes.toString()).toBe(TYPED);
    expect(readFileSync(to, "utf8")).toBe(TYPED);
  });

  it("is kept beside when a person has changed the successor, too", async () => {
    const { path, displaced } = arrange();
    const descriptor = openSync(path, "r+");
    await startEdit(path, path, displaced, "");
    writeFileSync(path, "saved by hand since");
    overwrite(descriptor);
    await sleep(120);
    const [found] = recoverDisplaced(displaced);
    expect(found).toMatchObject({ path, isBack: false });
    expect(readFileSync(found?.keptAt ?? "", "utf8")).toBe(TYPED);
    expect(readFileSync(path, "utf8")).toBe("saved by hand since");
    expect(recoverDisplaced(displaced)).toEqual([]);
  });

  it("is not taken half-written or emptied", async () => {
    const { path, displaced } = arrange();
    const descriptor = openSync(path, "r+");
    await startEdit(path, path, displaced, "");
    ftruncateSync(descriptor, 0);
    await sleep(120);
    expect(recoverDisplaced(displaced)).toEqual([]);
    writeSync(descriptor, TYPED, 0);
    expect(recoverDisplaced(displaced)).toEqual([]);
    await sleep(120);
    expect(recoverDisplaced(displaced)).toHaveLength(1);
    expect(readFileSync(path, "utf8")).toBe(TYPED);
    closeSync(descriptor);
  });

  it.each(FAILPOINTS.filter((point) => point.startsWith("files.putback.")))(
    "survives a crash of the daemon at %s",
    async (point) => {
      const { root, path, displaced, hold } = arrange();
      const descriptor = openSync(path, "r+");
      const edit = startEdit(path, path, displaced, `files.edit.after-place=hold:${hold},${point}=kill`);
      await reached(hold);
      overwrite(descriptor);
      writeFileSync(`${hold}.go`, "");
      expect((await edit).signal).toBe("SIGKILL");
      await sleep(120);
      sweepTempFiles([dirname(path)]);
      recoverDisplaced(displaced);
      expect(readdirSync(dirname(path))).toEqual(["a.md"]);
      expect(texts(root)).toContain(TYPED);
    },
  );
});

describe("an edit of another process that lives", () => {
  it.each(["files.edit.after-note", "files.edit.after-take"])("is left to it: at %s", async (point) => {
    const { path, displaced, hold } = arrange();
    const edit = startEdit(path, path, displaced, `${point}=hold:${hold}`);
    await reached(hold);
    expect(recoverDisplaced(displaced)).toEqual([]);
    writeFileSync(`${hold}.go`, "");
    expect((await edit).stdout).toBe("done\n");
    expect(readFileSync(path, "utf8")).toBe(NEW);
    expect(recoverDisplaced(displaced)).toEqual([]);
    expect(readFileSync(path, "utf8")).toBe(NEW);
  });
});

describe("many edits beside a person who saves without pause", () => {
  it.each(["truncate-then-write", "temp+rename"])("lose none of the texts: %s", async (style) => {
    const { root, path, displaced } = arrange();
    const editor = `
      import { renameSync, writeFileSync } from "node:fs";
      const [path, style] = ${JSON.stringify([path, style])};
      for (let n = 0; n < 300; n++) {
        const rename = style === "temp+rename";
        writeFileSync(rename ? path + "~" : path, "typed " + n + "\\n");
        if (rename) renameSync(path + "~", path);
        for (const until = Date.now() + 1 + (n % 3); Date.now() < until; );
      }`;
    const daemon = `
      import { readFileSync } from "node:fs";
      import { blobSha, editFileDurably, recoverDisplaced } from "./files/durable.js";
      const [path, displaced] = ${JSON.stringify([path, displaced])};
      let done = 0, changed = 0;
      const until = Date.now() + 1200;
      while (Date.now() < until) {
        let text; try { text = readFileSync(path, "utf8"); } catch { continue; }
        try { editFileDurably(path, blobSha(Buffer.from(text)), Buffer.from(text + "edited\\n"), displaced); done++; }
        catch (error) { if (error.code !== "FILE_CHANGED") throw error; changed++; }
      }
      console.log(JSON.stringify({ done, changed }));`;
    const editing = run(daemon).ended;
    const typing = run(editor).ended;
    const [{ stdout }, { code }] = await Promise.all([editing, typing]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).done).toBeGreaterThan(0);
    await sleep(150);
    recoverDisplaced(displaced);
    sweepTempFiles([dirname(path)]);
    expect(texts(root).some((text) => text.includes("typed 299"))).toBe(true);
  });
});
