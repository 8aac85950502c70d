import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished } from "vitest";
import { DEFAULTS } from "../../../src/config/defaults.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { itInTurn } from "../../helpers/today.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll, launchOf, runToEnd } from "./apply-board.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const WORK = "printf 'one\\ntwo\\n' > new.txt; git add new.txt; git commit -qm work; sha=$(git rev-parse HEAD)\n";

/** Does the work, then claims these lines, in which `$sha` is its commit. */
async function claiming(lines: readonly string[], settings: Partial<Settings> = {}): Promise<ApplyBoard> {
  const said = ["```claims", ...lines, "```"].map((it) => `echo "${it.replaceAll("`", "\\`").replaceAll('"', '\\"')}"`);
  const script = `${WORK}${said.join("\n")}`;
  const fenced = claimedTask("SCRIPT")
    .replaceAll("```", "~~~")
    .replace("SCRIPT", () => script);
  const board = await applyBoard({ "board/doing/a.md": fenced }, { settings });
  await runToEnd(board, launchOf("a"));
  await board.run({ kind: "check", taskId: "a", slot: "A", attempt: 1 });
  await board.over();
  await collectAll(board);
  return board;
}

async function checksOf(board: ApplyBoard) {
  return (await board.look()).sessions.get("a")?.find(({ step }) => step === "checks");
}

const sha256 = createHash("sha256").update("one\ntwo\n").digest("hex");

describe("what a message claims", () => {
  it("is looked up at the tip: files with lines and checksums, commits, branches, commands", async () => {
    const board = await claiming(
      [
        "- { file: new.txt, line: 2, text: two }",
        `- { file: new.txt, sha256: ${sha256} }`,
        "- { file: src }",
        "- { commit: $sha }",
        "- { branch: kanband/a, at: $sha }",
        "- { command: grep -q two new.txt }",
        "- { command: grep -q three new.txt, exit: 1 }",
      ],
      { checks: { ...DEFAULTS.checks, commands: ["grep -q three new.txt"] }, verify: ["grep -q two new.txt"] },
    );
    const text = board.read("sessions/a/checks.md");
    expect(await checksOf(board)).toMatchObject({ state: "done", verdict: "clean" });
    expect(text).toMatch(/CONFIRMED: `new\.txt`, line 2, says "two": so it says at/);
    expect(text).toMatch(/CONFIRMED: `grep -q three new\.txt` exits with 1: exit 1/);
    expect(text.match(/^- CONFIRMED: /gm)).toHaveLength(12);
    expect(text).not.toContain("names nothing");
  });

  it.each([
    ["a file", "- { file: src/ghost.ts }", /`src\/ghost\.ts` is there: there is no such file at/],
    ["a path outside", "- { file: ../../etc/passwd }", /no path in the repository/],
    ["a line that is not there", "- { file: new.txt, line: 9 }", /it has 2 lines/],
    ["a line that says something else", "- { file: new.txt:1, text: two }", /it says "one"; that stands in line 2/],
    ["a checksum", `- { file: new.txt, sha256: ${"0".repeat(64)} }`, /its checksum .* is [0-9a-f]{64}$/],
    ["a commit that is nowhere", `- { commit: ${"1".repeat(40)} }`, /none of those that the branch adds/],
    ["a commit of others", "- { commit: $(git rev-parse main) }", /the branch started from it/],
    [
      "a commit that it only merged",
      "- { commit: $(git reset -q --hard $(git commit-tree -p HEAD -p main -m merge HEAD^{tree}); git rev-parse main) }",
      /the branch started (?:with|from) it/,
    ],
    ["a branch", "- { branch: fix/ghost }", /no such branch/],
    ["an impossible branch", "- { branch: '..' }", /no such branch/],
    ["where a branch is", "- { branch: main, at: $sha }", /it is at [0-9a-f]{40}/],
    [
      "what a command comes to",
      "- { command: grep -q three new.txt }",
      /`grep -q three new\.txt` exits with 0: exit 1/,
    ],
  ])("%s that is not so is refuted", async (_, line, reason) => {
    const board = await claiming([line], { checks: { ...DEFAULTS.checks, commands: ["grep -q three new.txt"] } });
    expect(await checksOf(board)).toMatchObject({ verdict: "must-fix", reason: expect.stringMatching(reason) });
    expect(board.read("sessions/a/checks.md")).toMatch(/^- REFUTED: /m);
  });

  it.each([
    ["a command that nobody allowed", "- { command: touch ../../../evil }", /not run: it is neither in `verify`/],
    ["a URL of another host", "- { url: 'https://example.com/x' }", /not asked: its host/],
    [
      "a URL that others read as one of another host",
      "- { url: 'http://localhost:1\\\\@127.0.0.1:2/' }",
      /not asked: its host/,
    ],
    ["a URL with a name and password", "- { url: 'http://u:p@localhost:1/' }", /not asked/],
    ["a server that does not answer", "- { url: 'http://localhost:1/' }", /localhost:1\/ answers with 200: exit 75/],
    ["what cannot be read", "- { ticket: 12 }", /cannot be read/],
  ])("%s is left open, and stands there", async (_, line, reason) => {
    const board = await claiming([line], { checks: { ...DEFAULTS.checks, hosts: ["localhost:1"] } });
    expect(await checksOf(board)).toMatchObject({
      state: "done",
      verdict: "inconclusive",
      failure: null,
      reason: expect.stringMatching(reason),
    });
    expect(board.has("evil")).toBe(false);
  });

  it("of a URL its status is asked, without following it anywhere", async () => {
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(request.url === "/here" ? 200 : 302, { location: "/here" }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const host = `localhost:${(server.address() as AddressInfo).port}`;
    const settings = { checks: { ...DEFAULTS.checks, hosts: [host] } };
    const lines = ["here' }", "moved' }", "[1-3]', status: 302 }"].map((it) => `- { url: 'http://${host}/${it}`);
    const board = await claiming(lines, settings);
    const text = board.read("sessions/a/checks.md");
    expect(text).toMatch(/CONFIRMED: http:\/\/localhost:\d+\/here answers with 200: exit 0/);
    expect(text).toMatch(/REFUTED: http:\/\/localhost:\d+\/moved answers with 200: exit 1[\s\S]*status 302/);
    expect(text).toMatch(/CONFIRMED: http:\/\/localhost:\d+\/\[1-3\] answers with 302/);
    expect(asked).toEqual(["/here", "/moved", "/[1-3]"]);
  });
});
