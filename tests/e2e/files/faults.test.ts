import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { recoverDisplaced, sweepTempFiles } from "../../../src/files/durable.ts";
import { FAILPOINTS } from "../../../src/files/failpoints.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";
import { turnsOf } from "../../helpers/today.ts";

const OLD = "old text\n";
const NEW = `new text\n${"x".repeat(9000)}\n`;

/** Each durable operation, on `a` in a folder of its own, and what the folder may hold after it was cut short anywhere. */
const OPERATIONS: Record<string, { code: string; may: Record<string, string>[] }> = {
  write: { code: "writeFileDurably(a, NEW)", may: [{ a: OLD }, { a: NEW }] },
  create: { code: "createFileDurably(b, NEW)", may: [{ a: OLD }, { a: OLD, b: NEW }] },
  move: { code: "moveFileDurably(a, b)", may: [{ a: OLD }, { a: OLD, b: OLD }, { b: OLD }] },
  edit: { code: "editFileDurably(a, OLD_SHA, Buffer.from(NEW), displaced)", may: [{ a: OLD }, { a: NEW }] },
  "edit and move": {
    code: "editFileDurably(a, OLD_SHA, Buffer.from(NEW), displaced, b)",
    may: [{ a: OLD }, { a: OLD, b: NEW }, { b: NEW }],
  },
  "edit away": { code: "editFileDurably(a, OLD_SHA, null, displaced)", may: [{ a: OLD }, {}] },
  append: { code: "appendFile(a, 'more')", may: [{ a: OLD }, { a: `${OLD}more` }] },
  remove: { code: "removeFileDurably(a)", may: [{ a: OLD }, {}] },
};

const PREFIX: Record<string, string> = { "edit and move": "edit", "edit away": "edit" };

type Cut = { name: string; action: string; point: string };

/** Each operation at each of its points, today by this one of the two ways to cut it short. */
function cuts(action: "kill" | "ENOSPC"): Cut[] {
  const isTurn = turnsOf(action === "kill" ? 0 : 1, 2);
  return Object.keys(OPERATIONS).flatMap((name) =>
    FAILPOINTS.filter((point) => point.startsWith(`files.${PREFIX[name] ?? name}.`))
      // What is only removed has no new version to write.
      .filter((point) => name !== "edit away" || !/temp|fsync/.test(point))
      .filter(() => isTurn())
      .map((point) => ({ name, action, point })),
  );
}

const roots: string[] = [];
afterAll(() => roots.forEach((root) => rmSync(root, { recursive: true, force: true })));

function arrange(): { dir: string; displaced: string } {
  const root = mkdtempSync(join(tmpdir(), "kanband-faults-"));
  roots.push(root);
  const [dir, displaced] = [join(root, "board"), join(root, "displaced")];
  mkdirSync(dir);
  writeFileSync(join(dir, "a"), OLD);
  return { dir, displaced };
}

function perform(name: string, dir: string, displaced: string, failpoints: string, limit?: string) {
  const code = `
    const durable = await import("./files/durable.js");
    const { blobSha, writeFileDurably, createFileDurably, moveFileDurably, editFileDurably, appendFile, removeFileDurably } = durable;
    const [a, b, displaced] = ${JSON.stringify([join(dir, "a"), join(dir, "b"), displaced])};
    const OLD_SHA = blobSha(Buffer.from(${JSON.stringify(OLD)})), NEW = ${JSON.stringify(NEW)};
    try { ${OPERATIONS[name]?.code}; console.log("ok"); } catch (error) { console.log(error.code, error.cause?.code); }`;
  const options = { env: { KANBAND_FAILPOINTS: failpoints }, ...(limit === undefined ? {} : { limit }) };
  return run(`process.on("SIGXFSZ", () => undefined); ${code}`, options).ended;
}

function contents(dir: string): Record<string, string> {
  return Object.fromEntries(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name), "utf8")]));
}

describe.concurrent("a crash at any point leaves the old state or the new one, whole, and nothing beside", () => {
  it.each(cuts("kill"))("$name, killed at $point", async ({ name, action, point }) => {
    const { dir, displaced } = arrange();
    const { signal, stdout } = await perform(name, dir, displaced, `${point}=${action}`);
    expect([signal, stdout]).toEqual(["SIGKILL", ""]);
    sweepTempFiles([dir]);
    expect(recoverDisplaced(displaced)).toEqual([]);
    expect(OPERATIONS[name]?.may).toContainEqual(contents(dir));
  });
});

describe.concurrent("a fault at any point is said, and leaves the old state or the new one, whole", () => {
  it.each(cuts("ENOSPC"))("$name, disk full at $point", async ({ name, action, point }) => {
    const { dir, displaced } = arrange();
    const { stdout } = await perform(name, dir, displaced, `${point}=${action}`);
    expect(stdout.trim()).toBe("WRITE_FAILED ENOSPC");
    expect(OPERATIONS[name]?.may).toContainEqual(contents(dir));
    expect(recoverDisplaced(displaced)).toEqual([]);
  });

  it.each(["EIO", "EACCES", "EMFILE", "EBUSY"])("%s at the first durable write, whatever its name", async (code) => {
    const { dir, displaced } = arrange();
    const { stdout } = await perform("edit", dir, displaced, `write:*=${code}@1`);
    expect(stdout.trim()).toBe(`WRITE_FAILED ${code}`);
    expect(contents(dir)).toEqual({ a: OLD });
  });
});

describe("a file that cannot be written whole", () => {
  // A real short write: the kernel takes half a KiB of the nine and refuses the rest.
  it.each(["write", "create", "edit", "edit and move"])("%s leaves the old state and no temp file", async (name) => {
    const { dir, displaced } = arrange();
    const { stdout } = await perform(name, dir, displaced, "", "ulimit -f 1");
    expect(stdout.trim()).toBe("WRITE_FAILED EFBIG");
    expect(contents(dir)).toEqual({ a: OLD });
  });
});
