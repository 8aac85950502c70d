import { DEFAULTS } from "../../../src/config/defaults.ts";
import type { Settings } from "../../../src/config/settings.ts";
import { gitRepo } from "../../helpers/git-repo.ts";
import { type ApplyBoard, LANES, openApplyBoard, PERSONAS } from "./apply-board.ts";

/**
 * A board with accepted tasks, each with a branch that adds `<id>.txt`, or what `changes` says; `own`: commands of their own.
 */
export async function batchBoard(
  ids: readonly string[],
  options: {
    verify: readonly string[];
    own?: Readonly<Record<string, readonly string[]>>;
    changes?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    retry?: number;
    style?: Settings["mergeStyle"];
    setup?: readonly string[];
    clock?: () => number;
  },
): Promise<ApplyBoard> {
  const { verify, own = {}, changes = {}, retry = 1, style = "merge", setup = [] } = options;
  const tasks = ids.map((id, index) => {
    const keys = own[id] === undefined ? "" : `verify: ${JSON.stringify(own[id])}\n`;
    return [`board/done/${id}.md`, `---\nattempt: 1\nbranch: kanband/${id}\n${keys}---\n# Task ${index}\n`] as const;
  });
  const { root, git } = await gitRepo({ ...LANES, ...PERSONAS, "src/app.txt": "one\n", ...Object.fromEntries(tasks) });
  await git("symbolic-ref", "refs/kanband/board", "refs/heads/main");
  const board = await openApplyBoard(root, {
    settings: {
      verify,
      mergeStyle: style,
      checks: { ...DEFAULTS.checks, retry },
      worktree: { ...DEFAULTS.worktree, setup },
    },
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  for (const id of ids) {
    await git("checkout", "-q", "-b", `kanband/${id}`);
    for (const [path, text] of Object.entries(changes[id] ?? { [`${id}.txt`]: `${id}\n` })) board.write(path, text);
    await git("add", "-A");
    // By somebody else than the daemon: made anew in the same second it would be the very same commit.
    await git("-c", "user.name=Agent", "-c", "user.email=agent@example.invalid", "commit", "-q", "-m", `Work on ${id}`);
    await git("checkout", "-q", "main");
  }
  return board;
}
