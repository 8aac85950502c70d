/**
 * Whether two texts of git's attributes hand the same paths to the same programs: filters, merge drivers, diff drivers. All
 * other lines only say how text is treated. A file with macros has to be the same altogether.
 */
export function haveSameDrivers(a: string, b: string): boolean {
  if (a === b) return true;
  if (/^\[attr\]/m.test(`${a}\n${b}`)) return false;
  return driverLines(a).join("\n") === driverLines(b).join("\n");
}

const DRIVER = /\s(?:filter|diff|merge)=|\s[-!]?filter(?:\s|$)/;

function driverLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => DRIVER.test(line) && !line.startsWith("#"));
}
