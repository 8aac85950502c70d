import { parseSettings } from "../config/parse-settings.ts";
import { readBlob } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { SETTINGS_PATH } from "./board-disk.ts";
import { readPathHistory } from "./path-history.ts";
import type { SettingsPart } from "./settings-part.ts";

const VERSIONS_MAX = 50;

/**
 * With a broken file and no earlier reading, takes the last good version that was committed: a daemon that was started
 * anew, and a person who asks for the status, then know the same settings as a daemon that saw the file break. Asks git
 * once at most. Code: GIT_FAILED.
 */
export async function recallSettings(part: SettingsPart, repo: Repository, headSha: string | null): Promise<void> {
  if (part.settings !== null || part.isRecalled || headSha === null) return;
  part.isRecalled = true;
  for (const { to } of await readPathHistory(repo, headSha, [SETTINGS_PATH], VERSIONS_MAX)) {
    const bytes = to === null ? null : await readBlob(repo, to);
    if (to !== null && bytes === null) continue;
    part.settings = parseSettings(SETTINGS_PATH, bytes, repo.top).settings;
    if (part.settings !== null) return;
  }
}
