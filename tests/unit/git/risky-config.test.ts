import { describe, expect, it } from "vitest";
import { riskyConfig } from "../../../src/git/risky-config.ts";

describe("settings that can make git run something", () => {
  it.each([
    ["[core]\n\tfsmonitor = touch x\n", ["core.fsmonitor=touch x"]],
    ["[CORE]\nhooksPath=/evil", ["core.hookspath=/evil"]],
    ['[filter "a.b"]\n clean = x\n', ["filter.a.b.clean=x"]],
    ['[filter "evil"] smudge = y', ["filter.evil.smudge=y"]],
    ['[diff "x"]\n\ttextconv = z\n', ["diff.x.textconv=z"]],
    ['[merge "x"]\n\tdriver = z %A\n', ["merge.x.driver=z %A"]],
    ["[include]\n\tpath = /elsewhere\n", ["include.path=/elsewhere"]],
    ['[url "x"]\n\tinsteadOf = y\n', ["url.x.insteadof=y"]],
    ["[alias]\n\tst = !sh\n", ["alias.st=!sh"]],
    ["[core]\n\tsshCommand = a \\\n b\n", ["core.sshcommand=a  b"]],
    ["[core]\n\tbare\n", ["core.bare=true"]],
  ])("sees %j", (text, expected) => {
    expect(riskyConfig(text)).toEqual(expected);
  });

  it.each([
    "[user]\n\tname = Somebody\n",
    '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n',
    '[remote "origin"]\n\turl = https://example.invalid/x\n\tfetch = +refs/*:refs/*\n',
    "[core]\n\tfilemode = true\n\tautocrlf = input\n",
    "# [core]\n; fsmonitor = x\n",
    "[diff]\n\trenames = true\n[merge]\n\tconflictStyle = zdiff3\n",
  ])("leaves people alone with %j", (text) => {
    expect(riskyConfig(text)).toEqual([]);
  });
});
