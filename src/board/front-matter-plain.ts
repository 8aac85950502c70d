// `key: value` at the left margin, the value being text that begins with a letter, a list of words, or a whole number.
// Text may hold every printable ASCII character but `:` and `#`, the two that could end it.
const LINE =
  /([A-Za-z][\w-]{0,63}): (?:([A-Za-z](?:[ -"$-9;-~]*[!-"$-9;-~])?)|\[((?:[A-Za-z][\w./-]*(?:, [A-Za-z][\w./-]*)*)?)\]|(0|[1-9]\d{0,8}))\n/y;
const OTHER_MEANING = /^(?:true|false|null)$/i;

/**
 * The map of YAML that is so plain that it can be read line by line, as nearly all front matter is; null for everything else,
 * also for what is wrong with it. It takes a tenth of the time of a real reader, which gives the very same for such text.
 */
export function readPlainMap(yaml: string): Record<string, unknown> | null {
  const map: Record<string, unknown> = {};
  LINE.lastIndex = 0;
  for (let at = 0; at < yaml.length; at = LINE.lastIndex) {
    const found = LINE.exec(yaml);
    if (found === null) return null;
    const [, key = "", text, list, number] = found;
    if (OTHER_MEANING.test(key) || Object.hasOwn(map, key)) return null;
    if (text !== undefined) {
      if (OTHER_MEANING.test(text)) return null;
      map[key] = text;
    } else if (list !== undefined) {
      const items = list === "" ? [] : list.split(", ");
      if (items.some((it) => OTHER_MEANING.test(it))) return null;
      map[key] = items;
    } else map[key] = Number(number);
  }
  return map;
}
