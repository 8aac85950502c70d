import { editFrontMatter } from "../../board/front-matter.ts";
import { LANES } from "../../board/lane.ts";
import { listPackageFiles, readPackageFile } from "../package-files.ts";

export type TemplateFile = { path: string; bytes: Uint8Array };

/** What keeps an empty lane in git: without it a checkout removes the folder, and watching it ends. */
export function keepFiles(): TemplateFile[] {
  return LANES.map((lane) => ({ path: `board/${lane}/.gitkeep`, bytes: new Uint8Array() }));
}

/** The files of a new board, copied from this package's own: settings, explanations, personas, workflows. */
export function templateFiles(baseBranch: string): TemplateFile[] {
  return [
    ...keepFiles(),
    { path: "board/board.md", bytes: settingsFor(baseBranch) },
    copy("board/README.md"),
    ...listPackageFiles("personas").map(copy),
    { path: "sessions/.gitkeep", bytes: new Uint8Array() },
  ];
}

function copy(path: string): TemplateFile {
  return { path, bytes: readPackageFile(path) };
}

// `main` is the default; any other branch has to be said.
function settingsFor(baseBranch: string): Uint8Array {
  const text = readPackageFile("board/board.md").toString("utf8");
  return Buffer.from(baseBranch === "main" ? text : editFrontMatter(text, [["base", baseBranch]]));
}
