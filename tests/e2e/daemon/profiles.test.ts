import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { inLane, sessionText, settled } from "../../helpers/board-watch.ts";
import { liveBoard } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A third of them each day.
const it = itInTurn(2, 3);

const PRINTER = new URL("../../fixtures/agents/prints-environment.sh", import.meta.url).pathname;

const SETTINGS = `grace: 1s
agents:
  printer: { command: [${PRINTER}], env: [SHARED_KEY] }
slots:
  - { name: A, agents: [printer], home: profiles/a, env: [KEY_OF_A] }
  - { name: B, agents: [printer], home: profiles/b, env: [KEY_OF_B] }
`;

const OURS = { KEY_OF_A: "value-of-a", KEY_OF_B: "value-of-b", SHARED_KEY: "value-of-both" };
// What a person's shell is full of.
const CANARIES = {
  CANARY_TOKEN: "canary-1",
  AWS_SECRET_ACCESS_KEY: "canary-2",
  GITHUB_TOKEN: "canary-3",
  SSH_AUTH_SOCK: "canary-4",
  NODE_OPTIONS: "--no-warnings --title=canary-5",
  npm_config_authtoken: "canary-6",
};

describe("two slots with two accounts of one program", () => {
  it("give each its own HOME and keys at the same time, and nothing else of the daemon's environment to anybody", async () => {
    const board = await liveBoard({ settings: SETTINGS, files: { "personas/reader.md": "You read.\n" } });
    board.write("board/planned/one.md", "---\nslot: A\npersona: reader\n---\n# One\n");
    board.write("board/planned/two.md", "---\nslot: B\npersona: reader\n---\n# Two\n");
    // Who logs in before the first run makes the folder.
    board.write("profiles/a/.credentials", "login");
    await board.start({ env: { ...OURS, ...CANARIES } });
    await inLane(board, "one", "for_review");
    await inLane(board, "two", "for_review");
    await settled(board);

    const [one, two] = [sessionText(board, "one", "reader"), sessionText(board, "two", "reader")];
    expect(one).toContain(`HOME=${join(board.root, "profiles/a")}`);
    expect(two).toContain(`HOME=${join(board.root, "profiles/b")}`);
    expect(one).toContain("KEY_OF_A=value-of-a");
    expect(one).not.toContain("value-of-b\n");
    expect(two).toContain("KEY_OF_B=value-of-b");
    expect(two).not.toContain("value-of-a\n");
    for (const text of [one, two]) expect(text).toContain("SHARED_KEY=value-of-both");

    // Logins may lie there by now: nobody commits them by accident.
    expect(await board.git("status", "--porcelain")).not.toContain("profiles");

    // The worktrees are being given back meanwhile, and files go with that.
    const texts = new Map(
      filesUnder(board.root).flatMap((path) => (existsSync(path) ? [[path, readFileSync(path)]] : [])),
    );
    expect(texts.size).toBeGreaterThan(50);
    expect([...texts].filter(([, text]) => text.includes("canary-")).map(([path]) => path)).toEqual([]);
    // It is looked for in the right places: what an agent may have is found there.
    expect([...texts].some(([, text]) => text.includes("value-of-both"))).toBe(true);
  });
});

function filesUnder(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => join(dir, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
}
