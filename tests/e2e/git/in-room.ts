import { type ChildEnd, runInBuild } from "../../helpers/in-build.ts";

/**
 * Evaluates one expression in a process that may be killed, over `repo` and everything that the named files of the git room
 * export, with failpoints in force.
 */
export async function inRoom({ root, files, expression, failpoints = "", limit }: Job): Promise<ChildEnd> {
  const imports = files.map((it, index) => `import * as m${index} from "./git/${it}.js";`).join("\n");
  const names = files.map((_, index) => `...m${index}`).join(", ");
  const program = `${imports}
      import { openRepository } from "./git/repository.js";
      const repo = await openRepository(${JSON.stringify(root)});
      const room = { ${names} };
      await (${expression})(repo, room);
      await repo.close();`;
  return await runInBuild(program, {
    env: { KANBAND_FAILPOINTS: failpoints },
    ...(limit === undefined ? {} : { limit }),
  }).ended;
}

export type Job = {
  root: string;
  /** Files of the room, without extension. */
  files: readonly string[];
  /** An async function of `(repo, room)`, as text. */
  expression: string;
  failpoints?: string;
  /** A shell command that runs first, such as `ulimit -f 1`. */
  limit?: string;
};
