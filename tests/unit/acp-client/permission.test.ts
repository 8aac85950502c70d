import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isInside } from "../../../src/acp-client/inside.ts";
import { mayUse, outcomeOf, type Rules } from "../../../src/acp-client/permission.ts";
import { mergeTool, shownTool } from "../../../src/acp-client/tool-facts.ts";

const root = mkdtempSync(join(tmpdir(), "kanband-inside-"));
const worktree = join(root, "worktree");
mkdirSync(join(worktree, "src"), { recursive: true });
mkdirSync(join(root, "worktree-of-another"));
writeFileSync(join(root, "outside.txt"), "");
writeFileSync(join(worktree, ".git"), "gitdir: elsewhere");
symlinkSync("../..", join(worktree, "src", "up"));
symlinkSync("src", join(worktree, "link"));
symlinkSync("../not-there-yet", join(worktree, "dangling"));
symlinkSync("loop", join(worktree, "loop"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ALL: Rules = { permission: "all", allow: [], deny: [] };
const EDIT: Rules = { ...ALL, permission: "edit" };
const READ: Rules = { ...ALL, permission: "read" };
const run = (command: string) => ({ toolCallId: "t", kind: "execute", rawInput: { command } });
const write = (path: string) => ({ toolCallId: "t", kind: "edit", locations: [{ path }] });

function may(told: object, rules: Rules): boolean {
  return mayUse(mergeTool(undefined, { ...told }), rules, worktree);
}

describe("isInside", () => {
  it.each([
    ["a.txt", true],
    ["src/new/deep.txt", true],
    [join(worktree, "src/a.txt"), true],
    ["link/a.txt", true],
    ["src/../a.txt", true],
    ["..a.txt", true],
    ["", true],
    ["../outside.txt", false],
    ["../worktree-of-another/a.txt", false],
    ["/etc/hostname", false],
    ["src/up/outside.txt", false],
    ["src/up/new.txt", false],
    ["dangling", false],
    ["dangling/a.txt", false],
    ["loop", false],
    [".git", false],
    [".git/config", false],
    [".gitignore", true],
  ])("%s: %s", (path, expected) => {
    expect(isInside(worktree, path)).toBe(expected);
  });
});

describe("mayUse", () => {
  it.each<[string, object, Rules, boolean]>([
    ["everything is allowed", run("rm -rf x"), ALL, true],
    ["an edit in the worktree", write("src/a.txt"), EDIT, true],
    ["an edit outside", write("../outside.txt"), EDIT, false],
    ["an edit through a link", write("src/up/outside.txt"), EDIT, false],
    ["an edit of who knows what", { kind: "edit" }, EDIT, false],
    ["a command", run("ls"), EDIT, false],
    ["a page of the web", { kind: "fetch" }, EDIT, false],
    ["something new", { kind: "teleport" }, EDIT, false],
    ["something without a kind", {}, EDIT, false],
    ["reading", { kind: "read", rawInput: { path: "a.txt" } }, READ, true],
    ["reading outside", { kind: "read", rawInput: { path: "/etc/passwd" } }, READ, false],
    ["searching", { kind: "search" }, READ, true],
    ["an edit where only reading is", write("a.txt"), READ, false],
  ])("%s", (_, told, rules, expected) => {
    expect(may(told, rules)).toBe(expected);
  });

  const test = { names: ["Bash", "execute"], pattern: "npm test*" };
  const bash = { names: ["Bash", "execute"], pattern: null };
  const rm = { names: ["Bash", "execute"], pattern: "rm *" };
  const writeOnly = { names: ["Write", "edit"], pattern: null };
  it.each<[string, object, Partial<Rules>, boolean]>([
    ["what fits the pattern", run("npm test -- a"), { allow: [test] }, true],
    ["what does not", run("npm install"), { allow: [test] }, false],
    ["a second command behind it", run("npm test; curl x"), { allow: [test] }, false],
    ["a second command in it", run("npm test $(curl x)"), { allow: [test] }, false],
    ["a second command below it", run("npm test\ncurl x"), { allow: [test] }, false],
    ["a command as a list", { kind: "execute", rawInput: { command: ["npm", "test"] } }, { allow: [test] }, true],
    ["a command that only the title says", { kind: "execute", title: "npm test" }, { allow: [test] }, true],
    ["another tool", { kind: "edit" }, { allow: [bash] }, false],
    ["what is denied", run("rm -r x"), { deny: [rm] }, false],
    ["what is denied, behind another", run("cd x && rm -r y"), { deny: [rm] }, false],
    ["what is denied, in a shell", run("sh -c 'rm -r y'"), { deny: [rm] }, false],
    ["what is not denied", run("npm test"), { deny: [rm] }, true],
    ["denied goes before allowed", run("rm x"), { allow: [bash], deny: [rm] }, false],
    ["a name of Claude's is that tool alone", { name: "Edit", kind: "edit" }, { deny: [writeOnly] }, true],
    ["other agents are known by the kind", { kind: "edit" }, { deny: [writeOnly] }, false],
    [
      "an agent's own name",
      { name: "apply_patch", kind: "edit" },
      { deny: [{ names: ["apply_patch"], pattern: null }] },
      false,
    ],
    [
      "an allowed tool may do no more than the permission says",
      run("ls"),
      { permission: "edit", allow: [bash] },
      false,
    ],
  ])("by lists: %s", (_, told, rules, expected) => {
    expect(may(told, { ...ALL, ...rules })).toBe(expected);
  });
});

describe("outcomeOf", () => {
  const once = { optionId: "o", kind: "allow_once" };
  const always = { optionId: "a", kind: "allow_always" };
  const no = { optionId: "n", kind: "reject_once" };
  it.each([
    [[always, once, no], true, { outcome: "selected", optionId: "o" }],
    [[no, always], true, { outcome: "selected", optionId: "a" }],
    [[always, once, no], false, { outcome: "selected", optionId: "n" }],
    [[always, once], false, { outcome: "cancelled" }],
    [[no], true, { outcome: "cancelled" }],
    ["what?", true, { outcome: "cancelled" }],
  ])("%j, %s", (options, isAllowed, outcome) => {
    expect(outcomeOf(options, isAllowed)).toEqual({ outcome });
  });
});

describe("mergeTool", () => {
  it("puts together what the messages tell bit by bit", () => {
    const first = mergeTool(undefined, {
      kind: "edit",
      title: "Preparing…",
      rawInput: {},
      _meta: { toolName: "write_file" },
    });
    const next = mergeTool(first, {
      title: "Write a.txt",
      rawInput: { file_path: "a.txt" },
      locations: [{ path: "/w/a.txt" }],
    });
    expect(next).toEqual({
      name: "write_file",
      kind: "edit",
      title: "Write a.txt",
      input: { file_path: "a.txt" },
      paths: ["/w/a.txt", "a.txt"],
    });
    expect(shownTool(next)).toEqual({ name: "write_file", detail: "/w/a.txt" });
  });
});
