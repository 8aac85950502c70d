import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { listFailpoints } from "../../../src/files/failpoint.ts";
import { runInBuild as run } from "../../helpers/in-build.ts";

/** Passes the points in this order and prints what each threw. */
function pass(failpoints: string, points: readonly string[]) {
  const code = `
    const { failpoint } = await import("./files/failpoint.js");
    for (const point of ${JSON.stringify(points)}) {
      try { failpoint(point); console.log("-"); } catch (error) { console.log(error.code ?? error.message); }
    }`;
  return run(code, { env: { KANBAND_FAILPOINTS: failpoints } });
}

const TEMP = "files.write.before-temp";
const RENAME = "files.write.after-rename";
const LINK = "files.move.before-link";

describe("failpoint", () => {
  it.each([
    ["", [TEMP, RENAME], "- -"],
    [`${TEMP}=ENOSPC`, [TEMP, RENAME, TEMP], "ENOSPC - ENOSPC"],
    [`${TEMP}=ENOSPC@2`, [TEMP, TEMP, TEMP], "- ENOSPC -"],
    [`${TEMP}=EIO@1,${RENAME}=EBUSY`, [TEMP, RENAME], "EIO EBUSY"],
    ["files.write.*=EACCES@2", [TEMP, LINK, RENAME], "- - EACCES"],
    ["write:*=EMFILE@2", [TEMP, RENAME, LINK, LINK], "- - EMFILE -"],
    ["*=EROFS@3", [TEMP, RENAME, LINK], "- - EROFS"],
    [`${TEMP}=pause:1`, [TEMP], "-"],
    [`${TEMP}=EIO@9`, ["no.such.point"], "failpoint 'no.such.point' is not in the catalogue"],
  ])("%s", async (plan, points, expected) => {
    const { stdout, stderr } = await pass(plan, points).ended;
    expect([stdout.trim().split("\n").join(" "), stderr]).toEqual([expected, ""]);
  });

  it.each([
    ["no.such.point=kill", "no failpoint matches"],
    [`${TEMP}=explode`, "unknown action"],
    [`${TEMP}=EWHAT`, "no such error code"],
    [TEMP, "expected name=action"],
  ])("refuses the plan %s", async (plan, message) => {
    const { stdout, stderr } = await pass(plan, [TEMP]).ended;
    expect(stdout + stderr).toContain(message);
  });

  it("kills at once: nothing after it happens", async () => {
    const { signal, stdout } = await pass(`${RENAME}=kill`, [TEMP, RENAME, LINK]).ended;
    expect([signal, stdout]).toEqual(["SIGKILL", "-\n"]);
  });

  it("waits until it is told to go on", async () => {
    const dir = mkdtempSync(join(tmpdir(), "kanband-hold-"));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const hold = join(dir, "hold");
    const child = pass(`${RENAME}=hold:${hold}`, [TEMP, RENAME, LINK]);
    while (!existsSync(`${hold}.at`)) await sleep(2);
    await sleep(30);
    expect(child.stdout()).toBe("-\n");
    expect(readFileSync(`${hold}.at`, "utf8")).toBe(`${RENAME}\n`);
    writeFileSync(`${hold}.go`, "");
    expect((await child.ended).stdout).toBe("-\n-\n-\n");
  });

  it("has a catalogue without repetition, each name in the form room.operation.step", () => {
    const names = listFailpoints();
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z]+\.[a-z-]+\.(before|after)-[a-z-]+$/.test(name))).toEqual([]);
  });
});
