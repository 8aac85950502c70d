import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { FAILPOINTS } from "../../../src/files/failpoints.ts";

const ROOM = new URL("../../../src/apply", import.meta.url).pathname;
const SOURCE = readdirSync(ROOM).map((name) => readFileSync(join(ROOM, name), "utf8"));

it("every failpoint of the room is in the catalogue and in the code, once", () => {
  const used = SOURCE.flatMap((text) => [...text.matchAll(/failpoint\("([^"]+)"\)/g)].map(([, name]) => name ?? ""));
  const listed = FAILPOINTS.filter((name) => name.startsWith("apply."));
  expect(used.toSorted()).toEqual([...listed].toSorted());
});
