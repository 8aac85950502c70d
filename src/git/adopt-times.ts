import { createHash } from "node:crypto";
import { type BigIntStats, writeFileSync } from "node:fs";
import { type RawEntry, walkIndex } from "./read-index.ts";
import type { ObjectFormat } from "./repository.ts";

/**
 * Lets an index that is not in use yet know the times of files that went to their place after git had written them: giving a
 * file another name changes when it was changed, and git would read them all again. What is not as git has written it keeps
 * its entry, so that it shows. An index that is not read here stays as it is: git finds out by itself.
 */
export function adoptTimes(index: string, format: ObjectFormat, stats: ReadonlyMap<string, BigIntStats>): void {
  const read: { bytes: Buffer | null } = { bytes: null };
  const isWhole = walkIndex(index, format, (entry) => {
    read.bytes = entry.bytes;
    const stat = stats.get(entry.bytes.toString("utf8", entry.nameAt, entry.nameEnd));
    if (stat !== undefined) adopt(entry, stat);
    return true;
  });
  if (!isWhole || read.bytes === null) return;
  const end = read.bytes.length - (format === "sha1" ? 20 : 32);
  createHash(format).update(read.bytes.subarray(0, end)).digest().copy(read.bytes, end);
  writeFileSync(index, read.bytes);
}

const SECOND_NS = 1_000_000_000n;

function adopt({ bytes, at }: RawEntry, stat: BigIntStats): void {
  const word = (offset: number): bigint => BigInt(bytes.readUInt32BE(at + offset));
  const set = (offset: number, value: bigint): void => {
    bytes.writeUInt32BE(Number(BigInt.asUintN(32, value)), at + offset);
  };
  const setTime = (offset: number, timeNs: bigint): void => {
    set(offset, timeNs / SECOND_NS);
    set(offset + 4, timeNs % SECOND_NS);
  };
  const isSame =
    word(8) * SECOND_NS + word(12) === stat.mtimeNs &&
    word(20) === BigInt.asUintN(32, stat.ino) &&
    word(36) === BigInt.asUintN(32, stat.size);
  if (!isSame && !stat.isSymbolicLink()) return;
  setTime(0, stat.ctimeNs);
  setTime(8, stat.mtimeNs);
  set(20, stat.ino);
}
