import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseConfig, withSettingsOf } from "../../../src/git/config-text.ts";
import { gitAt, tempFolder } from "../../helpers/git-repo.ts";

const TEXT = [
  "# a comment \\",
  '[Core] ; another "',
  '\tEditor = "vi  -n" ; as ever',
  "\tbare",
  "  sshCommand = a\\",
  'b "#;" \\"c\\" \\t\\\\ d   # no more \\',
  '[filter "a \\"b\\".C"] clean = x  y',
  "[Old.Style]",
  "key=",
  '[alias]st = "!sh" -c "x;y"',
  "\tst = status\r",
  "\tlast = log",
].join("\n");

it("the text of settings is read as git reads it", async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "config"), TEXT);
  const listed = await gitAt(folder)("config", "--file", "config", "--list", "-z");
  const ours = parseConfig(TEXT).map(({ key, value }) => (value === null ? key : `${key}\n${value}`));
  expect(ours).toHaveLength(8);
  expect(ours).toEqual(listed.split("\0").slice(0, -1));
});

it("single settings get what another text has, and all else stays to the byte", () => {
  const changed = `${TEXT.replace('"vi  -n" ; as ever', "evil").replace("x  y", "evil")}\n[new]\n\tevil = 1\n[mine]\n`;
  const names = ["core.editor", 'filter.a "b".C.clean', "new.evil"];
  expect(withSettingsOf(changed, names, TEXT)).toBe(`${TEXT}\n`);
  expect(withSettingsOf("[a]\n\tx = 1\n\ty = 2 # mine\n\tx = 3\n", ["a.x"], "[a]\nx=8\nx = 9 ; kept")).toBe(
    "[a]\n\tx=8\n\tx = 9 ; kept\n\ty = 2 # mine\n",
  );
});
