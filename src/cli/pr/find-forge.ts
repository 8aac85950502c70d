import { isOnPath } from "../../observe/is-on-path.ts";
import { type Forge, type ForgePlace, placeOfUrl } from "./forge.ts";
import { gh } from "./gh.ts";
import { glab } from "./glab.ts";

/** Every forge this build knows. */
const FORGES: readonly Forge[] = [gh, glab];

/** `forge` null: the host tells nothing, and nobody named one. `isHere`: its program can be started. */
export type FoundForge = { forge: Forge | null; isHere: boolean; place: ForgePlace | null };

/** The forge of a remote: the one that was named, else the one of its host. */
export function findForge(url: string | null, named: string | null): FoundForge {
  const place = url === null ? null : placeOfUrl(url);
  const forge =
    FORGES.find(({ id }) => id === named) ??
    (named === null && place !== null ? FORGES.find((it) => it.isHost(place.host)) : undefined) ??
    null;
  return { forge, isHere: forge !== null && isOnPath(forge.id), place };
}
