export const CORE_ERRORS = {
  TextInvalid:
    'A name or text has characters or a length that the service refuses. Use the characters and length named in the message.',
  NumberOutOfRange:
    'A number is not whole where it must be, or outside its range. Use a value inside the range named in the message.',
  ValueNotAllowed: 'A value is not one of those that are allowed. Use one of the values named in the message.',
  ListSizeInvalid:
    'A list has too few or too many items, or the same item twice. Use a list within the bounds named in the message.',
  HandlersNotBuilt:
    'The bundled Lambda handlers are missing from this checkout. Run `npm run build` (the published package contains them).',
  RightsTooLarge:
    'The constructs of a stack give one function more rights than an IAM policy holds. Divide them among several stacks.',
} as const;

export const CORE_WARNINGS = {} as const;
