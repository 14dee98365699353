/** Kinds of values by the name of a property, in order: `text`, `text Severity` (of that enum), `?flag` where it may be left out, `list struct Rule`, `class Duration`. */
export type Kinds = Readonly<Record<string, string>>;

/** What an object of each class or interface has, and how one is made. */
export type Classes = Readonly<Record<string, { readonly members: readonly string[]; readonly such?: string }>>;
