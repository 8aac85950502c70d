import { LANES } from "../../../src/board/lane.ts";
import { type Files, type Git, gitRepo } from "../../helpers/git-repo.ts";

const ENGINEER = "---\nname: engineer\ndescription: Builds\nmutates: true\n---\n\nBuild it.\n";
const TESTER = "---\nname: tester\ndescription: Tests\n---\n\nTest it.\n";
const SOLO = "---\nname: solo\nsteps:\n  - id: work\n    persona: engineer\n---\n\nOne does it all.\n";
const SETTINGS = "---\nagent: shell\ngrace: 1s\nretry: { limit: 0 }\n---\n";

/** A repository with a committed board of these files, without a daemon: what `kanband init` and a person leave. */
export async function boardRepo(files: Files = {}): Promise<{ root: string; git: Git }> {
  const kept = Object.fromEntries(LANES.map((lane) => [`board/${lane}/.gitkeep`, ""]));
  return await gitRepo({
    ...kept,
    "board/board.md": SETTINGS,
    "personas/engineer.md": ENGINEER,
    "personas/tester.md": TESTER,
    "personas/workflows/solo.md": SOLO,
    "sessions/.gitkeep": "",
    "code.txt": "one\n",
    ...files,
  });
}

/** A task for the shell agent. */
export function shellTask(script: string, keys = ""): string {
  return `---\n${keys}---\n\n# A task\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
}
