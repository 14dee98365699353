const TOPIC = {
  type: 'string',
  minLength: 1,
  maxLength: 256,
  description:
    "An MQTT topic of the device's own: levels between '/', at most 7 of them, 256 bytes. ${thing} stands for the thing name; in what is subscribed to, + stands for one level and # (last) for all below.",
  examples: ['pumps/${thing}/telemetry', 'pumps/${thing}/commands/+'],
} as const;

const VARIABLE = '\\$\\{[^}]+\\}';
/** A level of text and variables, as far as a pattern can say it. */
const LEVEL = `(?:\\$(?!\\{))?(?:${VARIABLE}|[^$+#*?/\\u0000-\\u001f\\u007f-\\u009f])+`;
const FILTER_LEVEL = `(?:${LEVEL}|\\+)`;
const PUBLISHED = { type: 'string', pattern: `^${LEVEL}(?:/${LEVEL})*$` } as const;
const SUBSCRIBED = { type: 'string', pattern: `^(?:${LEVEL})(?:/${FILTER_LEVEL})*(?:/#)?$` } as const;

const YES = { const: true, description: 'true' } as const;

/** The JSON Schema of one way of access. */
export const ACCESS = {
  type: 'object',
  description: 'One thing that each device may do. Everything that is not listed is denied.',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  // What topics are together is said better where they are read.
  allOf: [
    {
      type: 'object',
      properties: {
        publish: PUBLISHED,
        publishBelow: PUBLISHED,
        retain: PUBLISHED,
        lastWill: PUBLISHED,
        subscribe: SUBSCRIBED,
      },
    },
  ],
  properties: {
    publish: { ...TOPIC, description: `Publish to a topic. ${TOPIC.description}` },
    publishBelow: {
      ...TOPIC,
      description: `Publish to every topic below a topic, however deep: one entry in place of many, and a shorter policy. ${TOPIC.description}`,
    },
    retain: { ...TOPIC, description: `Publish, also with the RETAIN flag. ${TOPIC.description}` },
    subscribe: { ...TOPIC, description: `Subscribe to a filter and receive what it matches. ${TOPIC.description}` },
    lastWill: { ...TOPIC, description: `Leave a last will on a topic. ${TOPIC.description}` },
    shadow: { ...YES, description: "Use the device's own unnamed shadow." },
    namedShadow: {
      type: 'string',
      pattern: '^\\$?[A-Za-z0-9:_-]{1,64}$',
      description:
        "Use one named shadow of the device's own (1 to 64 of letters, digits, ':', '_' and '-'; those of AWS begin with '$').",
    },
    jobs: { ...YES, description: 'Receive and report jobs (over-the-air updates, patches).' },
    commands: { ...YES, description: 'Receive and answer AWS IoT commands.' },
    tunnelNotifications: { ...YES, description: 'Be told of secure tunnels.' },
    defenderMetrics: { ...YES, description: 'Report device-side metrics about itself.' },
    stream: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]{1,128}$',
      description: "Read one MQTT file stream by its id (1 to 128 of letters, digits, '_' and '-').",
    },
  },
} as const;
