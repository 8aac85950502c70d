import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { onTestFinished } from "vitest";
import { type Git, gitAt, tempFolder } from "../../helpers/git-repo.ts";

const PROGRAM = join(import.meta.dirname, "../../fixtures/forges/forge.mjs");

export type ForgeRequest = { url: string; branch: string; state: string; title: string; body: string; base: string };

/** A forge that has a clone of the repository; its program is found by this process until the test ends. */
export type FakeForge = {
  /** Git in its bare repository. */
  git: Git;
  requests(): ForgeRequest[];
  setLogin(isLoggedIn: boolean): void;
  /** What a person does there: the answer is the commit that lands on the base. */
  merge(branch: string, style: "merge" | "squash"): Promise<string>;
  close(branch: string): void;
};

/** Puts a folder first on the PATH of this process, until the test ends. */
function onPath(bin: string): void {
  const before = process.env["PATH"] ?? "";
  process.env["PATH"] = `${bin}:${before}`;
  onTestFinished(() => {
    process.env["PATH"] = before;
  });
}

/** `origin` is the forge's from now on, by its public address. */
export async function fakeForge(id: "gh" | "glab", root: string, git: Git): Promise<FakeForge> {
  const folder = tempFolder();
  const repository = join(folder, "app.git");
  await execa("git", ["clone", "--quiet", "--bare", "--single-branch", "--branch", "main", root, repository]);
  const own = gitAt(repository);
  await own("config", "user.name", "Forge");
  await own("config", "user.email", "forge@example.invalid");
  const host = id === "gh" ? "github.com" : "gitlab.com";
  await git("remote", "add", "origin", `https://${host}/acme/app.git`);
  await git("config", `url.${repository}.insteadOf`, `https://${host}/acme/app.git`);
  const file = join(folder, "state.json");
  const place = id === "gh" ? "github.com/acme/app" : "https://gitlab.com/acme/app";
  writeFileSync(file, JSON.stringify({ repository, place, isLoggedIn: true, calls: [], requests: [] }));
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, id), `#!/bin/sh\nexec "${process.execPath}" "${PROGRAM}" ${id} "${file}" "$@"\n`);
  chmodSync(join(bin, id), 0o755);
  onPath(bin);

  const read = () => JSON.parse(readFileSync(file, "utf8"));
  const change = (branch: string, keys: object): void => {
    const state = read();
    const request = state.requests.find((it: ForgeRequest) => it.branch === branch && it.state === "open");
    Object.assign(request, keys);
    writeFileSync(file, JSON.stringify(state));
  };
  return {
    git: own,
    requests: () => read().requests,
    setLogin: (isLoggedIn) => writeFileSync(file, JSON.stringify({ ...read(), isLoggedIn })),
    merge: async (branch, style) => {
      const head = await own("rev-parse", branch);
      const tree = (await own("merge-tree", "--write-tree", "main", head)).split("\n")[0] ?? "";
      const parents = style === "merge" ? ["-p", "main", "-p", head] : ["-p", "main"];
      const landing = await own("commit-tree", tree, ...parents, "-m", `Land ${branch} by ${style}`);
      await own("update-ref", "refs/heads/main", landing);
      await own("update-ref", "-d", `refs/heads/${branch}`);
      change(branch, { state: "merged", head, landing });
      return landing;
    },
    close: (branch) => change(branch, { state: "closed" }),
  };
}
