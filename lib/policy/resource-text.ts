/** Whether a text can stand in `Resource`: an ARN, with wildcards or without, or `*`. */
export function isResource(text: string): boolean {
  // A `*` may stand for several parts of the ARN.
  return text === '*' || (text.startsWith('arn:') && (text.includes('*') || text.split(':').length >= 6));
}
