import type { Finding } from "../board/finding.ts";
import { parseSettings } from "../config/parse-settings.ts";
import type { Settings } from "../config/settings.ts";
import { type BoardDisk, SETTINGS_PATH } from "./board-disk.ts";
import { settlesAt } from "./settle.ts";

/** The settings in force: the file's, or the last good ones. */
export type SettingsPart = {
  settings: Settings | null;
  blobSha: string | null;
  findings: readonly Finding[];
  /** When a file that somebody may be writing is to be looked at again. */
  lookAgainAt: number | null;
  /** The history was asked for a good version already. */
  isRecalled: boolean;
};

export function createSettingsPart(): SettingsPart {
  return { settings: null, blobSha: null, findings: [], lookAgainAt: null, isRecalled: false };
}

/**
 * Takes over the settings as they stand. Broken ones leave the last good ones in force; so does a file in the middle of a
 * save, empty or missing for a moment, which would otherwise mean "all defaults". `isRemoved`: its removal is believed.
 */
export function updateSettings(part: SettingsPart, disk: BoardDisk, isRemoved: boolean, now: number): void {
  const record = disk.others.get(SETTINGS_PATH);
  part.lookAgainAt = null;
  if (record === undefined) {
    if (part.settings !== null && !isRemoved) return;
    Object.assign(part, parseSettings(SETTINGS_PATH, null), { blobSha: null });
    return;
  }
  const settlesAtMs = settlesAt(record, null);
  if (part.settings !== null && settlesAtMs > now && record.blobSha !== part.blobSha) {
    part.lookAgainAt = settlesAtMs;
    return;
  }
  part.blobSha = record.blobSha;
  part.settings = record.value?.settings ?? part.settings;
  part.findings = [...(record.value?.findings ?? []), ...(record.problem === null ? [] : [record.problem])];
}
