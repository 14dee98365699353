export const POLICY_ERRORS = {
  TopicInvalid:
    'A topic has an empty level, a character that MQTT or the policy language gives a meaning, or text that is not valid UTF-8. Use plain text in each level.',
  TopicVariableUnknown:
    'A topic has a `${...}` that is not a policy variable of the thing or the certificate. Use Topic.THING, Topic.attribute() or another constant of Topic.',
  TopicWildcardMisplaced:
    'A topic has a wildcard where MQTT or AWS IoT gives it no meaning. Let `+` and `#` be whole levels, `#` the last one, and use neither to publish (use Access.publishBelow()).',
  TopicReserved:
    'A topic starts with `$` but is not one that AWS IoT offers, or not for this use. Start topics of your own without `$`.',
  TopicTooLong: 'A topic can be longer than 256 bytes once the longest thing name is filled in. Shorten its levels.',
  TopicTooDeep: 'A topic has more than 7 slashes. Join levels.',
  TopicTooBroad:
    'A topic reaches other devices, by a wildcard or by a name where a reserved topic has that of the thing. Start with a level of text, and put Topic.THING where a reserved topic has the thing name.',
  PolicyStatementInvalid:
    'A policy statement is not one that AWS IoT would read as meant. Give it actions, and either resources or the resources it spares.',
  PolicyAccessInvalid: 'A name given to an access is not one that AWS IoT allows. Use the characters in the message.',
  PolicyTooLarge:
    'The accesses do not fit the policies that a thing group can hold. Let topics share a prefix that ends in Topic.REST, or drop accesses.',
  PolicyScopeInvalid: 'A partition, region or account is not one. Use those of the stack.',
  GroupPoliciesInvalid:
    'A thing group is given no policies, more than AWS IoT allows on one, or the same one twice. Give it one or two.',
  GroupPoliciesOnDynamicGroup:
    'Policies are given to a dynamic thing group, which AWS IoT refuses. Give them to a static group.',
  GroupPoliciesRemovalInvalid:
    'The attachment of policies cannot be kept as a snapshot. Use RemovalPolicy.DESTROY, RETAIN or RETAIN_ON_UPDATE_OR_DELETE.',
  PolicyLimitsInvalid: 'The limits given for policy documents cannot be met. Use the numbers in the message.',
  PolicyDocumentInvalid:
    'A policy document has an element that AWS IoT would refuse to store. Correct what stands at the place named in the message; resolve intrinsic functions of templates before.',
  PolicyRequestInvalid:
    'What a device is said to ask for cannot be an action, so that every policy would deny it. Write the action with its prefix.',
  ConnectionContextInvalid:
    'A connection to decide for is described in a way that cannot occur. Name the client or its thing, and use values as the message says.',
} as const;

export const POLICY_WARNINGS = {
  TopicsShared:
    'Members of a group may publish to a topic that names no device, so that each of them can speak for all others, or receive topics of any device by a wildcard. Put Topic.THING into the topic (`${thing}` in fleet.json), or acknowledge this where the topic is meant for all.',
} as const;
