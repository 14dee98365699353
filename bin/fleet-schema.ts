import { BEHAVIOR_SCHEMA } from '../lib/detection/behavior-json';
import { ACCESS } from './access-schema';
import { notTogether, REPAIR } from './repair-schema';

/** What stands beside the fleet in its stack, also what a synth adds: two parts of one name cannot be. */
const TAKEN_NAMES = [
  ...[
    'Account',
    'ZeroTrustKey',
    'ThingType',
    'ProvisioningTemplate',
    'ClaimPolicy',
    'ClaimClientIdPrefix',
    'FleetGroup',
  ],
  ...['QuarantineGroup', 'AlertTopic', 'Operators', 'SignalQueue', 'DeadLetters', 'Incidents', 'Evidence'],
  ...[
    'Tunnels',
    'PatchJob',
    'Exports',
    'BootstrapVersion',
    'CheckBootstrapVersion',
    'CDKMetadata',
    'CDKMetadataAvailable',
  ],
  ...Array.from({ length: 10 }, (_, index) => `Protected${index + 1}`),
];

const SERIAL = {
  type: 'string',
  pattern: '^[A-Za-z0-9:_-]{1,128}$',
  description:
    "A serial number: 1 to 128 of letters, digits, ':', '_' and '-' (it becomes part of the thing name and of topics).",
} as const;

const ENROLLMENT = {
  type: 'object',
  description:
    'How devices get their identity: a claim certificate from the factory, a key of their own, a CSR, and a serial number on the list.',
  additionalProperties: false,
  allOf: [notTogether('allowList', 'allowListFile')],
  properties: {
    thingNamePrefix: {
      type: 'string',
      pattern: '^[A-Za-z0-9:_-]{1,64}$',
      description:
        "What thing names begin with, before the serial number (1 to 64 of letters, digits, ':', '_' and '-').",
    },
    attributes: {
      type: 'object',
      propertyNames: {
        pattern: '^[A-Za-z0-9_.,@/:#-]{1,128}$',
        not: { const: 'serialNumber' },
      },
      additionalProperties: {
        type: 'string',
        pattern: '^[A-Za-z0-9_.,@/:#=\\[\\]-]{1,800}$',
        description: "The value of an attribute (1 to 800 of letters, digits and '_.,@/:#=[]-', no spaces).",
      },
      description:
        "Attributes that every thing gets besides serialNumber, by name (1 to 128 of letters, digits and '_.,@/:#-'): up to 49 with a thing type, 2 without. Topics name them as ${attribute.NAME}.",
      examples: [{ site: 'plant-7' }],
    },
    oneTimeUse: { type: 'boolean', default: true, description: 'Whether a serial number enrolls one device only.' },
    allowList: { type: 'array', items: SERIAL, uniqueItems: true, description: 'The serial numbers that may enroll.' },
    allowListFile: {
      type: 'string',
      minLength: 1,
      description:
        'A file with one serial number a line, beside this file; for lists that are too long for it. Instead of allowList.',
    },
    claimCertificates: {
      type: 'array',
      maxItems: 50,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^arn:aws[a-z-]*:iot:[a-z]{2,5}(-[a-z]{1,20}){1,3}-[0-9]{1,2}:[0-9]{12}:cert/[0-9a-f]{64}$',
        description: 'The ARN of a claim certificate: arn:aws:iot:<region>:<account>:cert/<64 hexadecimal digits>.',
      },
      description: 'Up to 50 ARNs of the claim certificates that get the claim policy. Left out: attach it later.',
    },
  },
} as const;

const THING_TYPE = {
  type: 'object',
  description: 'The thing type of the fleet. Things of a type may have 50 attributes instead of 3.',
  additionalProperties: false,
  required: ['name'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[A-Za-z0-9:_-]{1,128}$',
      description: "Name of the thing type (1 to 128 of letters, digits, ':', '_' and '-').",
    },
    description: {
      type: 'string',
      pattern: '^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]*$',
      maxLength: 2028,
      description: 'What things of this type are: up to 2028 visible characters and spaces.',
    },
    searchableAttributes: {
      type: 'array',
      maxItems: 3,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^[A-Za-z0-9_.,@/:#-]{1,128}$',
        description: "An attribute name (1 to 128 of letters, digits and '_.,@/:#-').",
      },
      description: 'Up to 3 attributes by which things can be listed.',
    },
  },
} as const;

const ALERTS = {
  type: 'object',
  description: 'Who is told.',
  additionalProperties: false,
  required: ['emails'],
  properties: {
    emails: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z0-9-]{2,63}$",
        maxLength: 254,
        description:
          'An email address like soc@example.com, in ASCII (a domain in another script as xn--...). AWS sends it a link to confirm.',
      },
      description: '1 to 10 email addresses.',
    },
  },
} as const;

const AUDIT = {
  type: 'object',
  description: "The account's Device Defender audit.",
  additionalProperties: false,
  properties: {
    certificateAgeDays: {
      type: 'integer',
      minimum: 30,
      maximum: 3652,
      description:
        'Report device certificates older than this many days (30 to 3652). Left out: as the account has it, or 365.',
    },
    certificateExpirationDays: {
      type: 'integer',
      minimum: 30,
      maximum: 3652,
      description:
        'Report device certificates that expire within this many days (30 to 3652). Left out: as the account has it, or 30.',
    },
  },
} as const;

const MINUTES = {
  type: 'integer',
  minimum: 1,
  maximum: 10_080,
  description: 'The length of the window in minutes (1 to 10080, which is 7 days).',
} as const;

const RESPONSE = {
  type: 'object',
  description: 'What happens when a device misbehaves. Left out: the standard playbook, which acts.',
  additionalProperties: false,
  allOf: [
    {
      if: { type: 'object', properties: { mode: { const: 'off' } }, required: ['mode'] },
      then: { type: 'object', maxProperties: 1 },
    },
  ],
  properties: {
    mode: {
      enum: ['act', 'dry-run', 'off'],
      default: 'act',
      description:
        "Whether devices are isolated without a person: 'act'; 'dry-run' decides, records and alerts, and isolates nothing; 'off' leaves the response out.",
    },
    blastRadius: {
      type: 'object',
      description: 'How many devices may be isolated without a person in any window; the rest are held.',
      additionalProperties: false,
      required: ['devices', 'minutes'],
      properties: {
        devices: {
          type: 'integer',
          minimum: 1,
          maximum: 1_000_000,
          description: 'How many devices are allowed in any case (1 to 1000000).',
        },
        percent: {
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 100,
          description: 'Which part of the fleet is allowed, where that is more (over 0, up to 100).',
        },
        minutes: MINUTES,
      },
    },
    protectedGroups: {
      type: 'array',
      maxItems: 10,
      uniqueItems: true,
      items: {
        type: 'string',
        pattern: '^[A-Za-z0-9:_-]{1,128}$',
        description: "Name of a thing group (1 to 128 of letters, digits, ':', '_' and '-').",
      },
      description: 'Up to 10 groups whose devices wait for a person instead.',
    },
    isolationHours: {
      type: 'integer',
      minimum: 1,
      maximum: 8_760,
      description:
        'After how many hours without a further alarm an isolated device is released (1 to 8760). Left out: when a person or its proof of health says so.',
    },
    evidenceLockDays: {
      type: 'integer',
      minimum: 1,
      maximum: 36_500,
      description:
        'For how many days nobody can delete evidence, not even the root user (1 to 36500). It cannot be shortened. Left out: not locked.',
    },
    sources: {
      type: 'array',
      uniqueItems: true,
      items: { enum: ['security-hub', 'guard-duty'], description: 'A service that finds things about devices.' },
      description: 'Who raises signals, besides Device Defender and people.',
    },
  },
} as const;

const CUSTOM_METRICS = {
  type: 'array',
  maxItems: 100,
  description: 'Metrics that devices report beside those of AWS.',
  items: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'type'],
    description: 'A custom metric.',
    properties: {
      name: {
        type: 'string',
        pattern: '^(?!aws:)[A-Za-z0-9:_-]{1,128}$',
        description: "Name of the metric (1 to 128 of letters, digits, ':', '_' and '-', not beginning with aws:).",
      },
      type: { enum: ['number', 'number-list', 'string-list', 'ip-address-list'], description: 'What its values are.' },
      displayName: {
        type: 'string',
        minLength: 1,
        maxLength: 128,
        pattern: '^[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]*$',
        description: 'What people call it: 1 to 128 printable characters and blanks.',
      },
    },
  },
} as const;

const STREAM = {
  type: 'object',
  additionalProperties: false,
  description: 'How the pipeline of ours watches.',
  properties: {
    mode: {
      enum: ['dry-run', 'live'],
      default: 'dry-run',
      description: "'dry-run' counts alarms and tells nobody; 'live' raises signals.",
    },
  },
} as const;

/** A behavior says whether its values are exported; where to, and by which role, no field of fleet.json does, so none can be. */
const BEHAVIOR_FIELDS = Object.fromEntries(
  Object.entries(BEHAVIOR_SCHEMA.properties).filter(([name]) => name !== 'exported'),
);

/** JSON Schema of fleet.json; schema/fleet.schema.json is this, published for editors. */
export const FLEET_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://github.com/cdk-iot-zero-trust/cdk-iot-zero-trust/schema/fleet.schema.json',
  title: 'A fleet of the reference app of cdk-iot-zero-trust',
  type: 'object',
  description: 'A fleet.',
  additionalProperties: false,
  required: ['name', 'access', 'alerts'],
  allOf: [
    {
      if: {
        type: 'object',
        properties: { response: { type: 'object', properties: { mode: { const: 'off' } }, required: ['mode'] } },
        required: ['response'],
      },
      then: { type: 'object', properties: { repair: false } },
    },
  ],
  properties: {
    $schema: { type: 'string', description: 'Where editors find the schema of this file.' },
    name: {
      type: 'string',
      pattern: '^[A-Z][A-Za-z0-9]{0,31}$',
      not: { enum: TAKEN_NAMES },
      description:
        'Name of the fleet, part of the names of its resources: a capital letter and up to 31 letters and digits, and none that another part of the stack has.',
    },
    thingType: THING_TYPE,
    enrollment: ENROLLMENT,
    access: {
      type: 'array',
      minItems: 1,
      items: ACCESS,
      description: 'All that each device may do with what is its own.',
    },
    customMetrics: CUSTOM_METRICS,
    behaviors: {
      type: 'array',
      maxItems: 100,
      items: { ...BEHAVIOR_SCHEMA, properties: BEHAVIOR_FIELDS },
      description: 'What is normal. Anything else is an alarm.',
    },
    detect: {
      enum: ['stream', 'device-defender', 'both', 'off'],
      default: 'stream',
      description:
        "Who watches the behaviors: 'stream' is a pipeline that every account can deploy; 'device-defender' renders security profiles in a stack of their own (only accounts that used Device Defender Detect before 2026-08-31 can deploy it); 'both' does both; 'off' leaves them out.",
    },
    stream: STREAM,
    response: RESPONSE,
    repair: REPAIR,
    alerts: ALERTS,
    audit: AUDIT,
  },
} as const;
