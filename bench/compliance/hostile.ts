import { CATALOG } from '../../lib/compliance/rules/catalog';
import { BUDGET_MS, HOSTILE, millisecondsFor, placesOf } from '../../test/compliance/support/hostile';

/** Every rule takes each megabyte of what is hostile, at each place of its example. Prints the slowest, and returns what is too slow. */
export function measureHostile(): string[] {
  const tried = CATALOG.flatMap((rule) =>
    HOSTILE.flatMap((piece) =>
      Array.from({ length: placesOf(rule) }, (_, place) => ({
        what: `${rule.id}: ${JSON.stringify(piece)} at place ${place}`,
        ms: millisecondsFor(rule, piece, place),
      })),
    ),
  ).sort((one, other) => other.ms - one.ms);
  console.log(
    `\n| the slowest of ${tried.length} megabytes, one rule | CPU ms on the machine of the bounds |\n| --- | --- |`,
  );
  for (const { what, ms } of tried.slice(0, 5)) console.log(`| ${what} | ${ms.toFixed(0)} |`);
  return tried
    .filter(({ ms }) => ms >= BUDGET_MS)
    .map(({ what }) => `a megabyte takes ${BUDGET_MS} ms or more: ${what}`);
}
