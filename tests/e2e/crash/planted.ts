import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DIST } from "../../helpers/run-kanband.ts";

/** A bug of the kind that this suite exists for: changes to the built program, and where the daemon dies with it. */
export type PlantedBug = {
  name: string;
  /** By file of the build: each text is there once. */
  changes: readonly { file: string; from: string; to: string }[];
  kills: readonly string[];
  /** What the checker has to say. */
  caughtAs: RegExp;
};

export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: "claim after spawn",
    changes: [
      {
        file: "controller/tick.js",
        from: "const outcome = await applyEdit(world, edit);",
        to: `if (edit.intent === "assign") {
            const { assigned: slot, attempt } = Object.fromEntries(edit.set);
            await applyEffect(world, { kind: "launch", taskId: edit.taskId, slot, attempt, step: "work",
              persona: "engineer", agent: "shell", retries: 0, reworks: 0, losses: 0, cause: "first", costCapUsd: null }, snapshot);
        }
        const outcome = await applyEdit(world, edit);`,
      },
    ],
    kills: ["apply.launch.after-start"],
    caughtAs: /starts of agents differs/,
  },
  {
    name: "act on a stale snapshot",
    changes: [
      {
        file: "apply/edit.js",
        from: "const bytes = readRegularFile(join(world.boardRoot, edit.path));\n    const format",
        to: "const bytes = (world.seen ??= new Map()).get(edit.taskId) ?? readRegularFile(join(world.boardRoot, edit.path));\n    const format",
      },
      { file: "apply/edit.js", from: "if (blobSha(bytes, format) !== edit.expectBlob)", to: "if (format === null)" },
      {
        file: "apply/edit.js",
        from: "const next = Buffer.from(editFrontMatter(toText(bytes), edit.set));",
        to: "const next = Buffer.from(editFrontMatter(toText(bytes), edit.set));\n    world.seen.set(edit.taskId, next);",
      },
    ],
    kills: [],
    caughtAs: /board\/for_review\/late\.md differs:\n\s*- Typed late\./,
  },
  {
    name: "write in place",
    changes: [
      {
        file: "files/durable.js",
        from: "const temp = tempPathFor(path);\n    orWriteFailed(path, () => {\n        try {\n            writeTempFile(temp, toBytes(bytes), opts",
        to: "const temp = path;\n    orWriteFailed(path, () => {\n        try {\n            writeTempFile(temp, toBytes(bytes), opts",
      },
      { file: "files/temp-file.js", from: 'openSync(path, "wx"', to: 'openSync(path, "w"' },
      {
        file: "files/temp-file.js",
        from: "writeFully(descriptor, bytes);\n        //",
        to: "writeFully(descriptor, bytes.subarray(0, bytes.length >> 1));\n        failpoint(`${prefix}.before-temp`);\n        writeFully(descriptor, bytes.subarray(bytes.length >> 1));\n        //",
      },
    ],
    // Each write passes the point twice: at its beginning and in its middle.
    kills: Array.from({ length: 8 }, (_, index) => `files.write.before-temp@${2 * index + 6}`),
    caughtAs: /differs|missing|the daemon (stuck|ended)/,
  },
  {
    name: "forget to preserve",
    changes: [
      {
        file: "apply/save-work.js",
        from: "const ref = await preserveWorktree(world.codeRepo, {",
        to: "const ref = await (async () => null)(world.codeRepo, {",
      },
    ],
    kills: [],
    caughtAs: /refs\/kanband\/preserved\/retry is missing/,
  },
];

/** A copy of the build with the bug in it: the path of its program, and what removes it. */
export function plant({ name, changes }: PlantedBug): { main: string; remove: () => void } {
  // Beside the build, so that the same packages are found.
  const dir = realpathSync(mkdtempSync(join(DIST, "..", "dist-planted-")));
  cpSync(DIST, dir, { recursive: true });
  for (const { file, from, to } of changes) {
    const path = join(dir, file);
    const text = readFileSync(path, "utf8");
    if (text.split(from).length !== 2) throw new Error(`'${name}' cannot be planted: ${file} has not once: ${from}`);
    writeFileSync(
      path,
      text.replace(from, () => to),
    );
  }
  return { main: join(dir, "main.js"), remove: () => rmSync(dir, { recursive: true }) };
}
