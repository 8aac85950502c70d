/**
 * The lines of a git configuration that can make git run a program, read other files, or send work elsewhere, as
 * `section.name.key=value`. All others (who somebody is, what a branch follows) a person may change at any time.
 */
export function riskyConfig(text: string): string[] {
  const found: string[] = [];
  let section = "";
  for (const line of text.replaceAll("\\\n", "").split("\n")) {
    const header = /^\s*\[\s*([^\s"\]]+)\s*(?:"((?:[^"\\]|\\.)*)")?\s*\](.*)$/.exec(line);
    if (header !== null)
      section = [header[1]?.toLowerCase(), ...(header[2] === undefined ? [] : [header[2]])].join(".");
    const rest = header === null ? line : (header[3] ?? "");
    const match = /^\s*([a-z][a-z0-9-]*)\s*(?:=\s*(.*?))?\s*$/i.exec(rest);
    const key = `${section}.${match?.[1]?.toLowerCase()}`;
    if (match !== null && RISKY.some((it) => it.test(key))) found.push(`${key}=${match[2] ?? "true"}`);
  }
  return found.sort();
}

const RISKY = [
  /^core\.(?!filemode$|ignorecase$|precomposeunicode$|logallrefupdates$|autocrlf$|eol$|safecrlf$|quotepath$)/,
  /^(?:include|includeif|filter|alias|credential|url|gpg|extensions|protocol|http|sequence|pager|browser)\./,
  /^diff\.(?:.*\.)?(?:external|command|textconv)$/,
  /^merge\..*\.driver$/,
  /^(?:mergetool|difftool|man)\./,
  /^remote\..*\.(?:pushurl|uploadpack|receivepack|proxy|vcs)$/,
  /^(?:user|commit|tag|push)\.(?:signingkey|gpgsign)$/,
  /^(?:init\.templatedir|trailer\..*|uploadpack\..*|interactive\.difffilter|sendemail\..*|submodule\..*)$/,
];
