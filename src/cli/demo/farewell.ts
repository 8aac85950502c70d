import { type Dirent, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openRepository } from "../../git/repository.ts";
import { git } from "../../git/run.ts";
import { type Output, print } from "../context.ts";
import { paint } from "../paint.ts";

/** The session file that tells most: a first draft, what the checks said, and the attempt that mended it. */
const SESSION = "sessions/format-prices/engineer.md";

/** What is left once the demo's board has settled: the files, one session, the history. */
export async function showResult(out: Output, root: string): Promise<void> {
  heading(out, "What is on disk now", "ls");
  print(
    out,
    ...["board", "sessions", "src", "test"].flatMap((folder) => [`${folder}/`, ...tree(join(root, folder), "  ")]),
  );
  heading(out, "One session: what a persona did and said", `cat ${SESSION}`);
  if (existsSync(join(root, SESSION))) print(out, readFileSync(join(root, SESSION), "utf8").trimEnd());
  heading(out, "Everything that happened is in git", "git log --graph --oneline");
  print(out, (await readGraph(root)).trimEnd());
}

function heading(out: Output, title: string, command: string): void {
  print(out, "", `${paint(out, "bold", title)}  ${paint(out, "dim", `$ ${command}`)}`, "");
}

function tree(folder: string, indent: string): string[] {
  const entries: Dirent[] = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter(({ name }) => name !== ".gitkeep")
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (!entry.isDirectory()) return [`${indent}${entry.name}`];
      const below = tree(join(folder, entry.name), `${indent}  `);
      return below.length === 0 ? [] : [`${indent}${entry.name}/`, ...below];
    });
}

const MOST_COMMITS = "--max-count=100";

async function readGraph(root: string): Promise<string> {
  const repo = await openRepository(root);
  try {
    return await git(repo, ["log", "--graph", "--oneline", MOST_COMMITS, "main", "--"]);
  } finally {
    await repo.close();
  }
}

/** What to type next. */
export function showNext(out: Output, kept: string | null): void {
  print(out, "", paint(out, "bold", "Try it yourself"), "");
  if (kept !== null) print(out, `  cd ${kept}`, "  kanband status");
  else print(out, "  kanband demo --keep       keeps the scratch repository to look around in");
  print(
    out,
    "  kanband init              in a repository of your own: board/, personas/, sessions/",
    '  kanband new "Say hello"   board/backlog/say-hello.md; write down what is wanted',
    "  kanband up                starts work; from then on `mv` is all there is to it",
  );
}
