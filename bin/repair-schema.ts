import { exactlyOne } from '../lib/detection/behavior-schema';

/** That two fields do not stand together. */
export function notTogether(first: string, second: string): object {
  return { not: { type: 'object', properties: { [first]: true, [second]: true }, required: [first, second] } };
}

const FAILURE = {
  enum: ['failed', 'rejected', 'timed-out', 'all'],
  default: 'all',
  description: 'What counts as a failure.',
} as const;

const ARTIFACT = {
  type: 'object',
  description: 'A file in S3 that the device downloads by a URL that is signed when it asks for the job.',
  additionalProperties: false,
  required: ['bucket', 'objectKey', 'sha256'],
  properties: {
    bucket: {
      type: 'string',
      pattern: '^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$',
      description: "Name of the bucket (3 to 63 of lower case letters, digits, '.' and '-').",
    },
    bucketAccount: {
      type: 'string',
      pattern: '^[0-9]{12}$',
      description: 'The account that the bucket belongs to (12 digits). Left out: this one, and no other.',
    },
    objectKey: {
      type: 'string',
      minLength: 1,
      maxLength: 1024,
      pattern: '^[^\\p{Cc}\\p{Cs}]*$',
      description: 'Key of the file (1 to 1024 bytes without control characters).',
    },
    sha256: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the content: 64 hexadecimal digits in lower case. The device compares it.',
    },
    signature: {
      type: 'string',
      pattern: '^(?:[A-Za-z0-9+/]{4}){1,1024}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
      description: 'Signature of the content, base64, by a key that devices trust.',
    },
    encryptionKey: {
      type: 'string',
      pattern: '^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$',
      description: 'ARN of the KMS key that the file is encrypted with, unless each reader of the bucket may use it.',
    },
  },
} as const;

const ARGUMENTS = {
  type: 'array',
  maxItems: 50,
  items: {
    type: 'string',
    maxLength: 4096,
    // No program can be started with a null character in an argument.
    pattern: '^[^\\u0000\\p{Cs}]*$',
    description: 'One argument (up to 4096 characters, none of them null).',
  },
} as const;

const STEP = {
  type: 'object',
  description: "A step of the patch, as the AWS IoT Device Client runs it: either 'handler' or 'command'.",
  additionalProperties: false,
  required: ['name'],
  // What fields decide about each other is said in words where they are read.
  allOf: [exactlyOne(['handler', 'command']), notTogether('command', 'args'), notTogether('command', 'artifacts')],
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 128,
      pattern: '^[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}]*$',
      description: 'What the step is called in reports (1 to 128 characters without control characters).',
    },
    handler: {
      type: 'string',
      pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$',
      description: "Runs a program in the folder of the agent's handlers: its file name, without a path.",
    },
    command: {
      ...ARGUMENTS,
      minItems: 1,
      description: 'Runs a command: the program and its arguments, each an item (1 to 50).',
    },
    args: { ...ARGUMENTS, description: 'Arguments of the handler, after those of its files (up to 50).' },
    artifacts: {
      type: 'array',
      maxItems: 10,
      items: ARTIFACT,
      description: 'Files that the handler is to fetch and check: it is given URL, SHA-256 and signature of each.',
    },
    runAsUser: {
      type: 'string',
      pattern: '^[a-z_][a-z0-9_-]{0,31}$',
      description: "User of the device that runs it (lower case letters, digits, '_' and '-').",
    },
    ignoreFailure: { type: 'boolean', default: false, description: 'Run the next steps although this one failed.' },
  },
} as const;

const rate = (description: string) => ({ type: 'integer', minimum: 1, maximum: 1000, description }) as const;
const devices = (description: string) => ({ type: 'integer', minimum: 1, maximum: 100_000, description }) as const;

const ROLLOUT = {
  type: 'object',
  description: "How fast devices are given the patch: either 'perMinute', or 'basePerMinute' and how it grows.",
  additionalProperties: false,
  minProperties: 1,
  allOf: [
    {
      if: { type: 'object', properties: { perMinute: true }, required: ['perMinute'] },
      then: { type: 'object', maxProperties: 1 },
      else: { type: 'object', properties: { basePerMinute: true }, required: ['basePerMinute'] },
    },
  ],
  properties: {
    perMinute: rate('Devices a minute, the same all the time (1 to 1000).'),
    basePerMinute: rate('Devices a minute at the beginning (1 to 1000).'),
    maximumPerMinute: rate('Devices a minute at most (1 to 1000).'),
    incrementFactor: {
      type: 'number',
      minimum: 1.1,
      maximum: 5,
      default: 2,
      description: 'By how much the rate grows each time (1.1 to 5, one digit after the point).',
    },
    afterSucceeded: devices('The rate grows each time so many more devices have succeeded (1 to 100000).'),
    afterNotified: devices('The rate grows each time so many more devices have been told (1 to 100000).'),
  },
} as const;

const PACKAGE = {
  type: 'object',
  description:
    'A published version in the software package catalog of AWS IoT; it has to be there before the deployment.',
  additionalProperties: false,
  required: ['name', 'version'],
  properties: {
    name: {
      type: 'string',
      pattern: '^[a-zA-Z0-9_.-]{1,128}$',
      description: "Name of the package (1 to 128 letters, digits, '_', '.' and '-').",
    },
    version: {
      type: 'string',
      pattern: '^[a-zA-Z0-9_.-]{1,64}$',
      description: "Name of the version (1 to 64 letters, digits, '_', '.' and '-').",
    },
  },
} as const;

const PATCH = {
  type: 'object',
  description:
    'What isolated devices are given: one job that runs on the quarantine group for as long as it is here. A change of steps or description makes a new job, which all of them are given.',
  additionalProperties: false,
  required: ['steps'],
  properties: {
    description: {
      type: 'string',
      minLength: 1,
      maxLength: 2028,
      description: 'What the patch is for (up to 2028 visible characters).',
    },
    steps: { type: 'array', minItems: 1, maxItems: 50, items: STEP, description: 'What to do, in this order.' },
    packages: {
      type: 'array',
      maxItems: 25,
      items: PACKAGE,
      description:
        "What is on a device once the patch has succeeded: AWS IoT notes it in the device's shadow (up to 25).",
    },
    rollout: ROLLOUT,
    abort: {
      type: 'array',
      maxItems: 4,
      description:
        'When the patch is stopped for the devices that have not begun. Left out: when 20 % of at least 10 devices have failed.',
      items: {
        type: 'object',
        description: 'A threshold.',
        additionalProperties: false,
        required: ['percentage', 'minimumDevices'],
        properties: {
          failure: FAILURE,
          percentage: {
            type: 'number',
            minimum: 0.01,
            maximum: 100,
            description:
              'Percentage of the devices that are through with it (0.01 to 100, two digits after the point).',
          },
          minimumDevices: {
            type: 'integer',
            minimum: 1,
            maximum: 2_147_483_647,
            description: 'How many devices must be through with it before it is stopped (1 or more).',
          },
        },
      },
    },
    retries: {
      type: 'array',
      maxItems: 2,
      description: 'How often a device is given the patch again. Left out: never.',
      items: {
        type: 'object',
        description: 'How often after which failure.',
        additionalProperties: false,
        required: ['retries'],
        properties: {
          failure: { ...FAILURE, enum: ['failed', 'timed-out', 'all'] },
          retries: { type: 'integer', minimum: 0, maximum: 10, description: 'How often (0 to 10, in all).' },
        },
      },
    },
    timeoutMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 10_080,
      default: 60,
      description: 'How long a device may take once it has begun, in minutes (1 to 10080, which is 7 days).',
    },
    urlMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 60,
      default: 15,
      description: 'For how long the URL of a file can be used, in minutes (1 to 60).',
    },
    requireSignatures: { type: 'boolean', default: false, description: 'Refuse files without a signature.' },
  },
} as const;

const PROOF = {
  type: 'object',
  description:
    'When a device is well again: the patch has succeeded after its last alarm, and for some time it was clean.',
  additionalProperties: false,
  properties: {
    windows: {
      type: 'integer',
      minimum: 1,
      maximum: 100,
      default: 3,
      description: 'How many windows in a row must be without any alarm (1 to 100).',
    },
    windowMinutes: {
      type: 'integer',
      minimum: 5,
      maximum: 10_080,
      default: 60,
      description: 'How long a window is, in minutes (5 to 10080, which is 7 days).',
    },
    requireClearedAlarms: {
      type: 'boolean',
      default: true,
      description: 'Whether an alarm must have been ended by its source, where the source ends alarms.',
    },
    silenceHours: {
      type: 'integer',
      minimum: 1,
      maximum: 336,
      default: 24,
      description: 'After how many hours with the job undone people are told (1 to 336, which is 14 days).',
    },
    automaticReleases: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      default: 0,
      description: 'How many times a device is released without a person (0 to 100). 0: a person always decides.',
    },
  },
} as const;

const TUNNELS = {
  type: 'object',
  description: 'Lets persons with the right open tunnels to isolated devices.',
  additionalProperties: false,
  properties: {
    services: {
      type: 'array',
      minItems: 1,
      maxItems: 10,
      uniqueItems: true,
      default: ['SSH'],
      items: {
        type: 'string',
        pattern: '^[A-Za-z0-9:_-]{1,128}$',
        description: "Name of a service that the device's agent knows (letters, digits, ':', '_' and '-').",
      },
      description: 'What a tunnel may lead to (1 to 10 names).',
    },
    maxMinutes: {
      type: 'integer',
      minimum: 1,
      maximum: 720,
      default: 60,
      description: 'For how long a tunnel is open at most, in minutes (1 to 720).',
    },
  },
} as const;

/** How isolated devices come back. */
export const REPAIR = {
  type: 'object',
  description: 'How isolated devices come back. Left out: when a person releases them.',
  additionalProperties: false,
  allOf: [
    {
      if: { type: 'object', properties: { proof: true }, required: ['proof'] },
      then: { type: 'object', properties: { patch: true }, required: ['patch'] },
    },
  ],
  properties: { patch: PATCH, proof: PROOF, tunnels: TUNNELS },
} as const;
