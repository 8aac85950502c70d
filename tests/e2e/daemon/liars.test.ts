import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { expectSound, inLane, settled, soon, status } from "../../helpers/board-watch.ts";
import { liveBoard } from "../../helpers/live-board.ts";

/** An agent that lies or tampers: its script, what its checks say of it, and keys of its task. */
type Liar = { script: string; said: RegExp; keys?: string };

const WORK = "echo two > src/app.txt";
const NOBODY = "1".repeat(40);

/** Work, and a message that claims one thing. */
function claiming(line: string): string {
  return `${WORK}\necho '~~~claims'\necho ${JSON.stringify(line)}\necho '~~~'`;
}

// Says in the words of the script that runs it that all went well, and ends that script before it can say more.
const FORGE = [
  "c=$(git rev-parse --git-common-dir)",
  "n=$(cat $c/kanband/runs/forges-marks.*/stdin | grep -aoE '[0-9a-f]{32} end' | head -1 | cut -d' ' -f1)",
  "printf '\\n%s end 0 0 1\\n\\n%s begin 1\\n\\n%s end 1 0 1\\n' $n $n $n",
  "sleep 0.2; kill -9 $(cut -d' ' -f4 /proc/$PPID/stat) $PPID",
].join("\n");

const LIARS = (host: string): Record<string, Liar> => ({
  "file-ghost": { script: claiming("- { file: src/ghost.ts }"), said: /there is no such file at/ },
  "line-wrong": {
    script: claiming("- { file: src/app.txt:1, text: three }"),
    said: /it says "two"; that stands nowhere/,
  },
  "checksum-wrong": {
    script: claiming(`- { file: src/app.txt, sha256: ${"0".repeat(64)} }`),
    said: /REFUTED: .*its checksum at/,
  },
  "commit-ghost": { script: claiming(`- { commit: ${NOBODY} }`), said: /none of those that the branch adds/ },
  "commit-of-others": {
    script: claiming("- { commit: $(git rev-parse main) }"),
    said: /the branch started from it|none of those/,
  },
  "branch-ghost": { script: claiming("- { branch: fix/ghost }"), said: /there is no such branch/ },
  "command-fails": {
    script: claiming("- { command: grep -q three src/app.txt }"),
    said: /REFUTED: .*exits with 0: exit 1/,
  },
  "url-gone": {
    script: claiming(`- { url: 'http://${host}/gone' }`),
    said: /answers with 200: exit 1[\s\S]*status 404/,
  },
  "edits-tests": {
    script: "echo 'exit 0' > tests/app.sh",
    said: /REFUTED: `sh tests\/app\.sh`: exit 1/,
    keys: 'verify: ["sh tests/app.sh"]\n',
  },
  "edits-config": {
    script: "echo 'exit 0' > check.sh",
    said: /REFUTED: `sh check\.sh`: exit 1/,
    keys: 'verify: ["sh check.sh"]\n',
  },
  "plants-tool": {
    script: `${WORK}\nmkdir bin; echo 'exit 0' > bin/tool`,
    said: /REFUTED: `sh bin\/tool`: exit/,
    keys: 'verify: ["sh bin/tool"]\n',
  },
  "changes-ci": {
    script: "mkdir -p .github/workflows; echo x > .github/workflows/ci.yml",
    said: /\.github\/workflows\/ci\.yml, which is protected/,
  },
  "changes-agents": {
    script: "mkdir .claude; echo '{}' > .claude/settings.json",
    said: /settings\.json, which is protected/,
  },
  // Commands of `verify` would run in that shell.
  "names-a-shell": {
    script: `${WORK}; echo script-shell=/bin/true > .npmrc`,
    said: /changes \.npmrc, which is protected/,
  },
  "brings-a-shell": {
    script: `${WORK}; mkdir -p node_modules/.bin; echo 'exit 0' > node_modules/.bin/sh; chmod +x node_modules/.bin/sh`,
    said: /changes node_modules\/\.bin\/sh, which is protected/,
  },
  "links-out": { script: "ln -s /etc src/conf", said: /link src\/conf leads out of the repository/ },
  "links-into-git": { script: "ln -s ../.git/hooks src/hooks", said: /link src\/hooks leads into git's own folder/ },
  "nests-repository": {
    script: "git init -q sub; git -C sub commit -q --allow-empty -m x; git add sub 2>&1; git commit -qm sub",
    said: /all of them together change no file/,
  },
  filters: { script: "echo '* filter=evil' > src/.gitattributes", said: /src\/\.gitattributes, which is protected/ },
  submodule: {
    script: `echo '[submodule "x"]' > .gitmodules; git add .; git update-index --add --cacheinfo 160000,${NOBODY},x; git commit -qm x`,
    said: /\.gitmodules, which is protected.*the submodule x/,
  },
  "case-twin": { script: "echo x > src/APP.txt", said: /are one file on some systems/ },
  "did-nothing": { script: "echo All done.", said: /there is no commit since the start/ },
  "empty-commit": { script: "git commit -q --allow-empty -m 'All done'", said: /all of them together change no file/ },
  "touches-outside": { script: "echo x > lib.txt", said: /changes lib\.txt, outside/, keys: 'touches: ["src/**"]\n' },
  "writes-board": {
    script: "mkdir -p board/done; echo '# Done' > board/done/x.md; git add -f --sparse board; git commit -qm x",
    said: /board\/, sessions\/ and personas\/ are not the agent's/,
  },
  "checks-move-refs": {
    script: "echo 'git update-ref refs/heads/other $(git commit-tree -m evil HEAD^{tree})' > run.sh",
    said: /REFUTED: its commands leave the repository as it is: .*moved refs\/heads\/other/,
    keys: 'verify: ["sh run.sh"]\n',
  },
  "forges-marks": {
    script: `echo bad > src/app.txt; cat > run.sh <<'END'\n${FORGE}\nEND`,
    said: /REFUTED: `sh tests\/app\.sh`: did not come to its end: .*(?:ended with|marks that only)/,
    keys: 'verify: ["sh run.sh", "sh tests/app.sh"]\n',
  },
  "checks-kill": {
    script: "echo 'kill -9 0' > run.sh",
    said: /reason: "?lost 3/,
    keys: 'verify: ["sh run.sh"]\n',
  },
});

it("none that lies or tampers comes further than its checks, which say why; an honest one does", async () => {
  const server = createServer((_, response) => void response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  const checks = `{ config: [check.sh], tests: ["tests/**"], commands: ["grep -q three src/app.txt"], hosts: ["${host}"] }`;
  const board = await liveBoard({
    settings: `slots: 4\nagent: shell\ngrace: 1s\nretry: { limit: 0 }\nrework: { limit: 0 }\nchecks: ${checks}\n`,
  });
  board.write(".gitignore", "/bin/\n");
  board.write("check.sh", "grep -q two src/app.txt\n");
  board.write("tests/app.sh", "grep -q two src/app.txt\n");
  await board.git("add", ".gitignore", "check.sh", "tests");
  await board.git("commit", "-qm", "Add a test");
  await board.git("branch", "other");
  const [main, other] = [await board.git("rev-parse", "main:src"), await board.git("rev-parse", "other")];

  const liars = LIARS(host);
  const task = (script: string, keys = ""): string => `---\n${keys}---\n# A task\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
  for (const [id, { script, keys }] of Object.entries(liars)) board.write(`board/planned/${id}.md`, task(script, keys));
  board.write("board/planned/open.md", task(claiming("- { url: 'https://example.com/' }")));
  await board.start();
  for (const [id, { said }] of Object.entries(liars)) {
    await inLane(board, id, "blocked");
    expect(board.read(`sessions/${id}/checks.md`), id).toMatch(said);
  }
  expect(Object.keys(liars).length).toBeGreaterThanOrEqual(15);
  expect([await board.git("rev-parse", "main:src"), await board.git("rev-parse", "other")]).toEqual([main, other]);

  await inLane(board, "open", "for_review");
  expect((await status(board)).tasks.find(({ id }) => id === "open")?.waiting).toMatch(
    /^not confirmed: https:\/\/example/,
  );
  const honest = `${claiming("- { file: src/app.txt:1, text: two }")}\necho more > tests/more.sh`;
  board.write("board/planned/honest.md", task(honest, 'verify: ["sh check.sh"]\n'));
  await inLane(board, "honest", "for_review");
  expect(board.read("sessions/honest/checks.md")).not.toMatch(/REFUTED|INCONCLUSIVE/);
  board.mv("honest", "done");
  await soon(board, "it is merged", async () => (await board.git("show", "main:src/app.txt")) === "two");
  await settled(board);
  await expectSound(board);
}, 180_000);
