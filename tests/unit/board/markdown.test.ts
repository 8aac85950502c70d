import { describe, expect, it } from "vitest";
import { shellBlocks } from "../../../src/board/markdown.ts";

describe("shellBlocks", () => {
  it.each<[name: string, markdown: string, blocks: string[]]>([
    ["sh, bash and shell, in order", "```sh\na\n```\ntext\n~~~bash\nb\n~~~\n```shell\nc\n```\n", ["a\n", "b\n", "c\n"]],
    ["other languages and none", "```js\na\n```\n```\nb\n```\n```shellcheck\nc\n```\n", []],
    ["words behind the language", "```sh title=setup\na\n```\n", ["a\n"]],
    ["blanks before the language", "```  SH\na\n```\n", ["a\n"]],
    ["a longer fence holds a shorter one", "````sh\ncat <<X\n```\nX\n````\n", ["cat <<X\n```\nX\n"]],
    ["a fence in another block is text", "````md\n```sh\nrm -rf x\n```\n````\n", []],
    ["tildes do not close backticks", "```sh\na\n~~~\nb\n```\n", ["a\n~~~\nb\n"]],
    ["a closing fence may be longer", "```sh\na\n`````\nb\n", ["a\n"]],
    ["text behind a fence does not close", "```sh\na\n``` x\nb\n```\n", ["a\n``` x\nb\n"]],
    ["indented by three", "   ```sh\n   a\n     b\n c\n   ```\n", ["a\n  b\nc\n"]],
    ["indented by four is no fence", "    ```sh\n    a\n    ```\n", []],
    ["an unclosed block ends with the text", "```sh\na", ["a\n"]],
    ["backticks in the info string", "``` sh`\na\n```\n", []],
    ["an empty block", "```sh\n```\n", [""]],
    ["a comment hides what is in it", "<!--\n```sh\na\n```\n-->\n```sh\nb\n```\n", ["b\n"]],
    ["a comment of one line", "<!-- x -->\n```sh\nb\n```\n", ["b\n"]],
    ["a comment in a block is code", "```sh\n<!--\n```\n```sh\nb\n```\n", ["<!--\n", "b\n"]],
    ["CRLF", "```sh\r\na\r\n```\r\n", ["a\n"]],
    ["blank lines stay", "```sh\n\na\n\n```\n", ["\na\n\n"]],
  ])("%s", (_, markdown, blocks) => {
    expect(shellBlocks(markdown)).toEqual(blocks);
  });
});
