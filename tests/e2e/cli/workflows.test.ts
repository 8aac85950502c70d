import { expect, it } from "vitest";
import { runCli } from "../../helpers/run-cli.ts";
import { boardRepo } from "./board-repo.ts";

it("`workflows` lists what there is and what is wrong with it, and shows a graph as text, Mermaid and JSON", async () => {
  const { root } = await boardRepo({
    "personas/engineer.md": "---\nmutates: true\n---\nBuild.\n",
    "personas/workflows/relay.md":
      "---\ndescription: Hands it on\nsteps:\n  - {id: b, persona: engineer, needs: a}\n  - {id: a, persona: engineer, output: a.md}\n---\n",
    "personas/workflows/vain.md": "---\nsteps:\n  - id: a\n    persona: nobody\n---\n",
    "personas/workflows/worse.md": "---\nsteps:\n  - id: a\n---\n",
  });

  const list = await runCli(root, ["workflows"]);
  const text = await runCli(root, ["workflows", "show", "relay"]);
  const mermaid = await runCli(root, ["workflows", "show", "relay", "--mermaid"]);
  const json = await runCli(root, ["workflows", "show", "relay", "--json"]);
  const broken = await runCli(root, ["workflows", "show", "worse"]);
  const unknown = await runCli(root, ["workflows", "show", "rely"]);
  const check = await runCli(root, ["check"]);

  expect(list.exitCode).toBe(0);
  expect(list.stdout).toMatch(/^\+ relay +Hands it on \(2 steps\)$/m);
  expect(list.stdout).toMatch(/^- vain +\(1 step\): names persona nobody, /m);
  expect(list.stdout).toMatch(/^- worse +nobody does the step a: /m);
  expect(text.stdout).toMatch(/^round 1\n {2}a {2}engineer → a\.md; changes files\nround 2\n {2}b {2}/m);
  expect(mermaid.stdout).toMatch(/^flowchart TD\n {2}n0\["a<br\/>engineer"\]/);
  expect(JSON.parse(json.stdout)).toMatchObject({
    workflows: [
      {
        id: "relay",
        steps: [
          { id: "a", round: 1 },
          { id: "b", round: 2, output: "engineer.md" },
        ],
      },
    ],
  });
  expect(broken).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining("personas/workflows/worse.md:3: nobody"),
  });
  expect(unknown).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("Did you mean relay?") });
  expect(check.stdout).toMatch(/^personas\/workflows\/vain\.md:3: error PERSONA_UNKNOWN names persona nobody/m);
});
