/** What some assemblies have and others have not, and stories may need. */
export const CAPABILITIES = ['repair', 'tunnels'] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** What shows in a template that it is there. */
const SIGNS: Readonly<Record<Capability, string>> = {
  // Events of executions reach what proves health.
  repair: '$aws/events/jobExecution/',
  tunnels: '"POST /tunnel"',
};

/** What the templates of an assembly, as text, have. */
export function capabilitiesIn(templates: readonly string[]): readonly Capability[] {
  return CAPABILITIES.filter((each) => templates.some((text) => text.includes(SIGNS[each])));
}
