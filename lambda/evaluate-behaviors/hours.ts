/**
 * How much more or less than its level a device has in each hour of the day (UTC), as whole numbers of quanta, one character each.
 * Each value moves its hour by one quantum or not at all, so no single day makes a habit: Q. Ma, S. Muthukrishnan, M. Sandler,
 * "Frugal streaming for estimating quantiles", 2013.
 */
export interface Hours {
  /** The binary logarithm of a quantum. */
  readonly quantum: number;
  /** 24 characters, or none while nothing is known. */
  readonly offsets: string;
}

export const NO_HOURS = '';

const HOURS = 24;
/** The code of no offset; 46 more or less are characters from `!` to `}`, of which JSON writes two with a backslash. */
const MIDDLE = 79;
const MOST = 46;
/** A quantum is an eighth of the scale when it is chosen, and not more than half of it later where offsets are small enough. */
const FINE = 8;
const COARSE = 2;

export function hourOf(windowStartSeconds: number): number {
  return Math.floor(windowStartSeconds / 3_600) % HOURS;
}

export function offsetAt({ quantum, offsets }: Hours, hour: number): number {
  return offsets === NO_HOURS ? 0 : (offsets.charCodeAt(hour) - MIDDLE) * 2 ** quantum;
}

/** What is known after an error in an hour; the scale says how large a quantum is to be. */
export function learnHour(hours: Hours, hour: number, error: number, scale: number): Hours {
  const size = Math.abs(error);
  if (hours.offsets === NO_HOURS) {
    if (size === 0) return hours;
    const quantum = Math.round(Math.log2(scale / FINE));
    return moved({ quantum, offsets: String.fromCharCode(MIDDLE).repeat(HOURS) }, hour, error);
  }
  const step = 2 ** hours.quantum;
  const next = step * COARSE > scale && canDouble(hours) ? rescaled(hours, 2) : hours;
  return size * 2 > 2 ** next.quantum ? moved(next, hour, error) : next;
}

function canDouble({ offsets }: Hours): boolean {
  return [...offsets].every((char) => Math.abs(char.charCodeAt(0) - MIDDLE) * 2 <= MOST);
}

function moved(hours: Hours, hour: number, error: number): Hours {
  const at = hours.offsets.charCodeAt(hour) - MIDDLE + Math.sign(error);
  if (Math.abs(at) > MOST) return rescaled(hours, 0.5);
  const { offsets } = hours;
  const offset = String.fromCharCode(MIDDLE + at);
  return { ...hours, offsets: offsets.slice(0, hour) + offset + offsets.slice(hour + 1) };
}

/** The same offsets in quanta of which `factor` make one of those before. */
function rescaled({ quantum, offsets }: Hours, factor: 2 | 0.5): Hours {
  const codes = [...offsets].map((char) => MIDDLE + Math.trunc((char.charCodeAt(0) - MIDDLE) * factor));
  return { quantum: quantum - Math.log2(factor), offsets: String.fromCharCode(...codes) };
}
