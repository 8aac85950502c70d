import { describe, expect, it } from "vitest";
import { changedRisks } from "../../../src/git/risky-config.ts";

describe("settings that can make git run something", () => {
  it.each([
    ["[core]\n\tfsmonitor = touch x\n", "core.fsmonitor"],
    ["[CORE]\nhooksPath=/evil", "core.hookspath"],
    ["# \\\n[core] editor = x", "core.editor"],
    ['[filter "a.b"]\n clean = x\n', "filter.a.b.clean"],
    ['[filter "evil"] smudge = y', "filter.evil.smudge"],
    ['[filter "lfs"]\nclean = evil', "filter.lfs.clean"],
    ['[diff "x"]\n\ttextconv = z\n', "diff.x.textconv"],
    ['[merge "x"]\n\tdriver = z %A\n', "merge.x.driver"],
    ["[include]\n\tpath = /elsewhere\n", "include.path"],
    ['[includeIf "gitdir:/"]\n\tpath = /elsewhere\n', "includeif.gitdir:/.path"],
    ['[url "x"]\n\tinsteadOf = y\n', "url.x.insteadof"],
    ["[alias]\n\tst = !sh\n", "alias.st"],
    ['[alias]\n\tst = "!sh"\n', "alias.st"],
    ["[core]\n\tsshCommand = a \\\n b\n", "core.sshcommand"],
    ["[core]\n\tbare\n", "core.bare"],
    ['[remote "o"]\n\tpushurl = x\n', "remote.o.pushurl"],
    ['[submodule "s"]\n\tupdate = !x\n', "submodule.s.update"],
    ["[credential]\n\thelper = x\n", "credential.helper"],
    ["[merge]\n\tdefault = union\n", "merge.default"],
    ["[remote]\n\tpushDefault = evil\n", "remote.pushdefault"],
    ['[branch "main"]\n\tpushRemote = evil\n', "branch.main.pushremote"],
    ["[core]\n\tautocrlf = input\n", "core.autocrlf"],
    ["[core]\n\tautocrlf\n", "core.autocrlf"],
    ["[core]\n\tfileMode = false\n", "core.filemode"],
    ["[core]\n\tfileMode =\n", "core.filemode"],
    ["[core]\n\texcludesFile = /tmp/all\n", "core.excludesfile"],
  ])("sees %j", (text, expected) => {
    expect(changedRisks(text, [""])).toEqual([expected]);
  });

  it.each([
    "[user]\n\tname = Somebody\n",
    '[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n',
    '[remote "origin"]\n\turl = https://example.invalid/x\n\tfetch = +refs/*:refs/*\n',
    "[core]\n\tfilemode = true\n\tautocrlf = off\n\tsymlinks\n\tsparseCheckout = true\n\tfsmonitor = true\n",
    "# [core]\n; fsmonitor = x\n",
    "[diff]\n\trenames = true\n[merge]\n\tconflictStyle = zdiff3\n",
    '[alias]\n\tst = status # !sh\n[submodule "s"]\n\turl = x\n\tactive = true\n',
    '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\trequired = true\n',
    "[extensions]\n\tworktreeConfig = true\n",
  ])("leaves people alone with %j", (text) => {
    expect(changedRisks(text, [])).toEqual([]);
  });

  it("takes none for new that was there, in whichever file, or under another name of the remote", () => {
    const known = [
      "[core]\n\teditor = vi\n",
      '[remote "a"]\n\tpushurl = x\n[credential]\n\thelper = b\n\thelper = c\n',
    ];
    expect(changedRisks('[core]\neditor=vi\n[remote "b"]\npushurl = x\n[credential]\nhelper = c\n', known)).toEqual([]);
    expect(changedRisks('[core]\neditor=ed\n[remote "b"]\npushurl = y\n[credential]\nhelper = d\n', known)).toEqual([
      "core.editor",
      "credential.helper",
      "remote.b.pushurl",
    ]);
  });
});
