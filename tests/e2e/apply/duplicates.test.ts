import { renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { applyEdit } from "../../../src/apply/edit.ts";
import { applyBoard, editOf } from "./apply-board.ts";

describe("removing a duplicate", () => {
  it("removes the older one once the other is committed, and not before", async () => {
    const board = await applyBoard({ "board/planned/a.md": "# A\n" });
    renameSync(join(board.root, "board/planned/a.md"), join(board.root, "board/doing/a.md"));
    board.write("board/doing/a.md", "# A\nmore\n");
    board.write("board/planned/a.md", "# A\n");
    const edit = editOf(board, "board/planned/a.md", { intent: "remove-duplicate" });
    expect(await applyEdit(board.world, edit)).toMatchObject({
      state: "skipped",
      reason: expect.stringContaining("committed"),
    });
    await board.commit();
    expect(await applyEdit(board.world, edit)).toEqual({ state: "applied", touched: ["board/planned/a.md"] });
    expect(board.has("board/planned/a.md")).toBe(false);
    expect(board.read("board/doing/a.md")).toBe("# A\nmore\n");
  });

  it("removes our own half of a move that a checkout undid, which git never had", async () => {
    const claimed = "---\nassigned: A\nattempt: 1\n---\n# A\n";
    const board = await applyBoard({ "board/doing/a.md": claimed });
    board.write("board/for_review/a.md", "---\nattempt: 1\nspent_usd: 0.1\n---\n# A\n");
    const edit = editOf(board, "board/for_review/a.md", { intent: "remove-duplicate" });
    expect(await applyEdit(board.world, edit)).toEqual({ state: "applied", touched: ["board/for_review/a.md"] });
    expect(board.has("board/for_review/a.md")).toBe(false);
    expect(board.read("board/doing/a.md")).toBe(claimed);
  });

  it("keeps text that git does not have", async () => {
    const board = await applyBoard({ "board/doing/a.md": "# A\n" });
    board.write("board/planned/a.md", "# Never committed\n");
    const edit = editOf(board, "board/planned/a.md", { intent: "remove-duplicate" });
    expect((await applyEdit(board.world, edit)).state).toBe("skipped");
    expect(board.has("board/planned/a.md")).toBe(true);
  });
});
