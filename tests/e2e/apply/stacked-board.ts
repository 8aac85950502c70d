import type { Settings } from "../../../src/config/settings.ts";
import { type ApplyBoard, applyBoard, claimedTask, collectAll } from "./apply-board.ts";

type Changes = Readonly<Record<string, string>>;

/** A board with `up` claimed, and one finished task in review for each branch below, with the files that it changes. */
export async function stackedBoard(
  script: string,
  lowers: Readonly<Record<string, Changes>>,
  keys = "",
  settings: Partial<Settings> = {},
): Promise<ApplyBoard> {
  const names = Object.keys(lowers);
  const up = claimedTask("SCRIPT", `stack: true\ndependencies: [${names.join(", ")}]\n${keys}`)
    .replaceAll("```", "~~~")
    .replace("SCRIPT", () => script);
  const finished = names.map((id) => [`board/for_review/${id}.md`, "---\nattempt: 1\n---\n# Below\n"] as const);
  const board = await applyBoard({ "board/doing/up.md": up, ...Object.fromEntries(finished) }, { settings });
  for (const id of names) await commitOn(board, id, lowers[id] ?? {});
  return board;
}

/** The same, `up` being finished and in review, with this work of its own, and no worktree. */
export async function stackInReview(lowers: Readonly<Record<string, Changes>>, own: Changes): Promise<ApplyBoard> {
  const board = await stackedBoard("true", lowers, `touches: [${Object.keys(own).join(", ")}]\n`);
  await board.run({ kind: "prepare", taskId: "up", slot: "A" });
  await board.run({ kind: "release", taskId: "up", worktree: "w1" });
  await commitOn(board, "up", own);
  await board.git("mv", "board/doing/up.md", "board/for_review/up.md");
  await board.commit();
  return board;
}

/** A commit on the branch of a task, which is made where there is none. */
export async function commitOn(board: ApplyBoard, id: string, files: Changes, ...options: string[]): Promise<void> {
  const isThere = (await board.git("branch", "--list", `kanband/${id}`)) !== "";
  await board.git("switch", "-q", ...(isThere ? [] : ["-c"]), `kanband/${id}`);
  for (const [path, text] of Object.entries(files)) board.write(path, text);
  await board.git("add", "--all", "--", ...Object.keys(files));
  await board.git("commit", "-qm", `Work on ${id}`, ...options);
  await board.git("switch", "-q", "main");
}

/** What its checks say of an attempt of `up`. */
export async function checksOf(board: ApplyBoard, attempt = 1): Promise<string> {
  await board.run({ kind: "check", taskId: "up", slot: "A", attempt });
  await board.over();
  await collectAll(board);
  return board.read("sessions/up/checks.md");
}
