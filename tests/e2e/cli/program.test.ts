import { readdirSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { mainPath } from "../../helpers/run-cli.ts";

// Tests of commands call them within the test: what is built has to be there, and whole, for those too.
it("every part of the built program can be loaded", async () => {
  const folder = dirname(mainPath);
  const parts = readdirSync(folder).filter((name) => name.endsWith(".js") && name !== "kanband.js");
  const program = `for (const part of ${JSON.stringify(parts)}) await import("./" + part);`;

  const { stderr } = await execa(process.execPath, ["--input-type=module", "-e", program], { cwd: folder });

  expect(stderr).toBe("");
  expect(parts.length).toBeGreaterThan(20);
  for (const command of ["move", "undo", "accept"]) expect(parts.join("\n")).toContain(`${command}-`);
});
