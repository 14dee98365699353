/** Reads what the construct must have set; a missing name fails the cold start, not the first event. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`environment variable ${name} is missing`);
  return value;
}
