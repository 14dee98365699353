/** Picks one of a few options by name: the same name gives the same option within one run. */
export type Choose = <T>(key: string, options: readonly { readonly label: string; readonly value: T }[]) => T;

export interface Variant<T> {
  /** The options that led here, as a person reads them: `IsProd=true`. Empty where there was nothing to choose. */
  readonly when: readonly string[];
  readonly value: T;
}

export interface Variants<T> {
  readonly variants: readonly Variant<T>[];
  /** False where there were more combinations than the limit: those left out were not looked at. */
  readonly complete: boolean;
}

interface Step {
  readonly key: string;
  readonly count: number;
  index: number;
  label: string;
}

/**
 * Runs a function once for each combination of the options that it asks for.
 *
 * A condition or a parameter is asked for only where the value depends on it, so a template with fifty conditions costs
 * nothing for a resource that uses none.
 */
export function variantsOf<T>(run: (choose: Choose) => T, limit: number): Variants<T> {
  const variants: Variant<T>[] = [];
  let path: Step[] = [];
  for (;;) {
    if (variants.length === limit) return { variants, complete: false };
    const trail: Step[] = [];
    const value = run(chooser(path, trail));
    variants.push({ when: trail.map((step) => step.label), value });
    while (trail.length > 0 && (trail.at(-1) as Step).index + 1 === (trail.at(-1) as Step).count) trail.pop();
    const last = trail.at(-1);
    if (last === undefined) return { variants, complete: true };
    last.index++;
    path = trail;
  }
}

function chooser(path: readonly Step[], trail: Step[]): Choose {
  const chosen = new Map<string, unknown>();
  return <T>(key: string, options: readonly { readonly label: string; readonly value: T }[]): T => {
    if (chosen.has(key)) return chosen.get(key) as T;
    // One option is no choice: it takes no step of the path, and would only make the explanation longer.
    const isChoice = options.length > 1;
    const index = isChoice ? (path[trail.length]?.index ?? 0) : 0;
    const option = options[index] as { readonly label: string; readonly value: T };
    if (isChoice) trail.push({ key, count: options.length, index, label: option.label });
    chosen.set(key, option.value);
    return option.value;
  };
}
