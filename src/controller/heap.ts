import { setFlagsFromString } from "node:v8";

const GROWTH_PERCENT = 20;

/**
 * Lets garbage be collected once the heap has grown by a fifth, where V8 would let it become twice as large or more: what a
 * look at a large board leaves behind is a multiple of what is kept. To be called once the board has been read, because
 * growing up to there is no garbage.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
