/** Powers of ten that a number has exactly. */
const POWERS: readonly number[] = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));
/** By how much a number may be off after it was multiplied, as a share of it: some times more than it is. */
const UNSURE = 2 ** -48;

/**
 * `Number(value.toPrecision(digits))`, without a text in between: learning does it for each number of each device and window, where
 * it took more time than all the rest. A quotient of two whole numbers that are exact is the nearest number to it, as that of a text
 * is; where it is not sure to be the same, being large, tiny or too close to the middle of two, the text is made.
 */
export function toDigits(value: number, digits: number): number {
  const power = POWERS[digits - 1 - Math.floor(Math.log10(Math.abs(value)))];
  if (power === undefined) return Number(value.toPrecision(digits));
  const exact = value * power;
  const whole = Math.round(exact);
  const size = Math.abs(exact);
  const isSure = 0.5 - Math.abs(exact - whole) > size * UNSURE && size >= (POWERS[digits - 1] as number);
  return isSure ? whole / power : Number(value.toPrecision(digits));
}
