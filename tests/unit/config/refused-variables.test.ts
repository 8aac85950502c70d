import { expect, it } from "vitest";
import { parseSettings } from "../../../src/config/parse-settings.ts";

it.each([
  ["npm_config_registry", false],
  ["NODE_OPTIONS", false],
  ["KANBAND_RUN", false],
  ["git_dir", false],
  ["NPM_TOKEN", true],
  ["NPM_CONFIG_REGISTRY", true],
])("a slot or an agent may name %s: %s", (name, isAllowed) => {
  for (const text of [`slots: [{ name: A, env: [${name}] }]`, `agents: { x: { command: x, env: [${name}] } }`]) {
    const { findings } = parseSettings("board/board.md", Buffer.from(`---\n${text}\n---\n`));
    const messages = findings.filter(({ severity }) => severity === "error").map(({ message }) => message);
    expect(messages).toEqual(isAllowed ? [] : [expect.stringContaining(`\`env\` holds ${name}; `)]);
  }
});
