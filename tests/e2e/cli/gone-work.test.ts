import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Git } from "../../helpers/git-repo.ts";
import { runCli } from "../../helpers/run-cli.ts";
import { boardRepo, shellTask } from "./board-repo.ts";

type Room = { root: string; git: Git };

// What becomes of a task between its work and its acceptance.
const LOSSES: Readonly<
  Record<string, { lose: (room: Room) => Promise<string>; find: (room: Room, id: string) => Promise<unknown> }>
> = {
  "its branch is deleted": {
    lose: async ({ root, git }) => {
      await git("branch", "-q", "-D", "kanband/a");
      renameSync(join(root, "board/for_review/a.md"), join(root, "board/done/a.md"));
      return "a";
    },
    find: async ({ root, git }) => {
      const [, name = "", sha = ""] = /`git branch (\S+) ([0-9a-f]+)`/.exec(textOf(root, "blocked", "a")) ?? [];
      await git("branch", name, sha);
      await runCli(root, ["move", "a", "done"]);
    },
  },
  "its file is renamed": {
    lose: async ({ root }) => {
      renameSync(join(root, "board/for_review/a.md"), join(root, "board/for_review/other.md"));
      await runCli(root, ["up", "--until-idle"]);
      expect((await runCli(root, ["why", "other"])).stdout).toContain("name its file a.md again");
      renameSync(join(root, "board/for_review/other.md"), join(root, "board/done/other.md"));
      return "other";
    },
    find: async ({ root }) => renameSync(join(root, "board/blocked/other.md"), join(root, "board/done/a.md")),
  },
  "its file is renamed as it is accepted": {
    lose: async ({ root }) => {
      renameSync(join(root, "board/for_review/a.md"), join(root, "board/done/other.md"));
      return "other";
    },
    find: async ({ root }) => renameSync(join(root, "board/blocked/other.md"), join(root, "board/done/a.md")),
  },
};

const textOf = (root: string, lane: string, id: string): string =>
  readFileSync(join(root, `board/${lane}/${id}.md`), "utf8");

async function worked(): Promise<Room> {
  const room = await boardRepo({ "board/planned/a.md": shellTask("echo a > a.txt") });
  await runCli(room.root, ["up", "--until-idle"]);
  return room;
}

describe.each(Object.entries(LOSSES))("a task is accepted, and before that %s", (_, { lose, find }) => {
  it("is not done: it says where its work is, and is merged once that is there again", async () => {
    const room = await worked();
    const id = await lose(room);
    await runCli(room.root, ["up", "--until-idle"]);
    expect(textOf(room.root, "blocked", id)).toContain("accept it once more to have it done without its work");
    await find(room, id);
    await runCli(room.root, ["up", "--until-idle"]);
    expect(await room.git("show", "main:a.txt")).toBe("a");
    expect(textOf(room.root, "done", "a")).not.toMatch(/^(?:branch|blocked|attempt):/m);
  });

  it("is done where a person accepts it once more", async () => {
    const room = await worked();
    const id = await lose(room);
    await runCli(room.root, ["up", "--until-idle"]);
    await runCli(room.root, ["move", id, "done"]);
    await runCli(room.root, ["up", "--until-idle"]);
    expect(textOf(room.root, "done", id)).not.toMatch(/^(?:branch|blocked|attempt):/m);
    expect(existsSync(join(room.root, "a.txt"))).toBe(false);
  });
});

it("a branch that a person merged and deleted is done at once", async () => {
  const { root, git } = await worked();
  await git("merge", "-q", "--no-ff", "-m", "By hand", "kanband/a");
  await git("branch", "-q", "-D", "kanband/a");
  renameSync(join(root, "board/for_review/a.md"), join(root, "board/done/a.md"));
  await runCli(root, ["up", "--until-idle"]);
  expect(textOf(root, "done", "a")).not.toMatch(/^(?:branch|blocked|attempt):/m);
});
