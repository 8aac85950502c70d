import * as v from "valibot";
import type { Finding } from "../board/finding.ts";
import { readFrontMatter } from "../board/front-matter.ts";
import { findingsOf } from "../board/schema-findings.ts";
import { DEFAULTS } from "./defaults.ts";
import { homesAreApart } from "./homes-are-apart.ts";
import { resolveSettings } from "./resolve.ts";
import { RULES } from "./rules.ts";
import type { Settings } from "./settings.ts";
import { SettingsFile } from "./settings-file.ts";
import { unknownKeys } from "./unknown-keys.ts";

const CODE = "SETTINGS_INVALID";

/**
 * Reads board/board.md: front matter, then schema, then defaults, then rules across keys. No file (null) is all defaults.
 * Null when a finding is an error; every one names key, line, value and what was expected. Unknown keys are warnings.
 * `boardRoot`: the full path that relative ones start from, where it is known.
 */
export function parseSettings(
  path: string,
  bytes: Uint8Array | null,
  boardRoot: string | null = null,
): { settings: Settings | null; findings: Finding[] } {
  if (bytes === null) return { settings: DEFAULTS, findings: [] };
  const file = readFrontMatter(path, bytes, { code: CODE });
  if (file.data === null) return { settings: null, findings: file.findings };

  const data = withoutNulls(file.data);
  const findings = unknownKeys(data).map(({ key, message }) => finding("warning", key, message));
  const parsed = v.safeParse(SettingsFile, data);
  if (!parsed.success) {
    return {
      settings: null,
      findings: [...findings, ...findingsOf(parsed.issues, { path, code: CODE, lineAt: file.lineAt })],
    };
  }
  const settings = resolveSettings(parsed.output);
  const broken = [...RULES.flatMap((rule) => rule(settings)), ...homesAreApart(settings, boardRoot)];
  findings.push(...broken.map(({ key, message, hint }) => ({ ...finding("error", key, message), hint: hint ?? null })));
  return { settings: broken.length === 0 ? settings : null, findings };

  function finding(severity: Finding["severity"], key: ReadonlyArray<string | number>, message: string): Finding {
    return { path, line: file.lineAt(key), severity, code: CODE, message, hint: null };
  }
}

/** `agent:` with nothing behind it is a key left out. Null inside a list stays: it is a slip to be shown. */
function withoutNulls(value: Record<string, unknown>): Record<string, unknown> {
  const kept = Object.entries(value).filter(([, it]) => it !== null && it !== undefined);
  return Object.fromEntries(kept.map(([key, it]) => [key, isMap(it) ? withoutNulls(it) : it]));
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
