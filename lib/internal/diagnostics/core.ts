export const CORE_ERRORS = {
  InputKindInvalid:
    'A property or parameter was given another kind of value than it takes: null, text for a number, a name for a construct. Callers without types are told here what types would have told them. Give the kind that the message names, or leave out what is optional.',
  InputPropertyUnknown:
    'Properties or options have a name that is not known, or nearly known: what it was to set would stay at its default. Write a name that the message gives.',
  TextInvalid:
    'A name or text has characters or a length that the service refuses. Use the characters and length named in the message.',
  NumberOutOfRange:
    'A number is not whole where it must be, or outside its range. Use a value inside the range named in the message.',
  ValueNotAllowed: 'A value is not one of those that are allowed. Use one of the values named in the message.',
  ListSizeInvalid:
    'A list has too few or too many items, or the same item twice. Use a list within the bounds named in the message.',
  EncryptionKeyElsewhere:
    'The key that is to encrypt data is in another region than the data, where no service can use it. Give a key of the region of the stack; a multi-region key has a replica for each.',
  ResourceElsewhere:
    'A resource of AWS IoT is of another account or region than the stack that refers to it, and each sees its own only. Give one of the place of the stack, or put what refers to it into a stack there.',
  ThingGroupDynamic:
    'A dynamic thing group, whose query says who its members are, is given where things must join, or where a group must be below. Give a static group.',
  NameTaken:
    'Two things of one kind are given the same name in one account and region, so that the second cannot be made; one Enrollment with a templateName cannot serve two fleets. Give each a name of its own, or leave it out.',
  HandlersNotBuilt:
    'The bundled Lambda handlers are missing from this checkout. Run `npm run build` (the published package contains them).',
  RightsTooLarge:
    'The constructs of a stack give one function more rights than an IAM policy holds. Divide them among several stacks.',
} as const;

export const CORE_WARNINGS = {} as const;
