import { existsSync, readFileSync } from 'node:fs';

/** What some assemblies have and others have not, and stories may need. */
export const CAPABILITIES = [
  'enrollment',
  'publishing',
  'operators',
  'detection',
  'device-defender',
  'audits',
  'isolation',
  'repair',
  'tunnels',
] as const;

export type Capability = (typeof CAPABILITIES)[number];

/** What an assembly lacks, to a reader. */
export const LACK: Readonly<Record<Capability, string>> = {
  enrollment: 'no template for fleet provisioning',
  publishing: 'no topic of its own that a device may publish to',
  operators: 'no entry for persons who report devices',
  detection: 'no detector that a response listens to',
  'device-defender': 'no security profile of Device Defender',
  audits: 'no audit that a response listens to',
  isolation: 'no response that isolates (none at all, or a dry run)',
  repair: 'no patch job with a proof of health',
  tunnels: 'no address for tunnels',
};

interface Resource {
  readonly Type?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** What shows in the templates that it is there. */
const SIGNS: Readonly<Record<Capability, (resource: Resource, text: string) => boolean>> = {
  enrollment: ({ Type, Properties }) =>
    Type === 'AWS::IoT::ProvisioningTemplate' && Properties?.TemplateType === 'FLEET_PROVISIONING',
  publishing: (_resource, text) =>
    text.includes('iot:Publish') && /:topic\/(?!\$)[^"]*\$\{iot:Connection\.Thing\.ThingName\}/.test(text),
  operators: (_resource, text) => text.includes('"POST /report"'),
  // Other filters are those of sources that tell of something else than devices.
  detection: ({ Type, Properties: { Protocol, FilterPolicy } = {} }) =>
    Type === 'AWS::SNS::Subscription' &&
    Protocol === 'sqs' &&
    (FilterPolicy === undefined || (FilterPolicy as { schema?: unknown }).schema !== undefined),
  'device-defender': ({ Type }) => Type === 'AWS::IoT::SecurityProfile',
  audits: ({ Type, Properties: { Protocol, FilterPolicy } = {} }) =>
    Type === 'AWS::SNS::Subscription' &&
    Protocol === 'sqs' &&
    (FilterPolicy as { taskStatus?: unknown } | undefined)?.taskStatus !== undefined,
  isolation: ({ Type }, text) =>
    Type === 'AWS::Lambda::Function' && text.includes('"PLAYBOOK"') && !text.includes('\\"dryRun\\":true'),
  // Events of executions reach what proves health.
  repair: (_resource, text) => text.includes('$aws/events/jobExecution/'),
  tunnels: (_resource, text) => text.includes('"POST /tunnel"'),
};

/** What an assembly has for stories. */
export interface Fitness {
  readonly has: readonly Capability[];
  /** How many serial numbers the longest of its allow-lists holds; undefined where it has no such list. */
  readonly serials?: number;
}

/** The parts of an assembly that tell. */
export interface Templates {
  readonly templates: readonly { readonly Resources: object }[];
  readonly assets: ReadonlyMap<string, { readonly path: string }>;
}

export function fitnessOf({ templates, assets }: Templates): Fitness {
  const resources = templates.flatMap(({ Resources }) => Object.values(Resources as Record<string, Resource>));
  const told = resources.map((resource) => ({ resource, text: JSON.stringify(resource) }));
  const has = CAPABILITIES.filter((each) => told.some(({ resource, text }) => SIGNS[each](resource, text)));
  const lists = told.filter(({ resource }) => resource.Type === 'Custom::IotAllowList');
  const listed = lists.map(({ text }) => {
    const hash = /[0-9a-f]{64}/.exec(text)?.[0] ?? '';
    const path = [...assets].find(([key]) => key.startsWith(hash))?.[1].path;
    return path === undefined || hash === '' || !existsSync(path)
      ? 0
      : readFileSync(path, 'utf8').split(/\s+/).filter(Boolean).length;
  });
  // A hook that asks a list which nobody has filled yet lets no one in.
  const asksList = told.some(({ text }) => text.includes('"ALLOW_LIST_TABLE"'));
  return { has, ...((asksList || lists.length > 0) && { serials: Math.max(0, ...listed) }) };
}
