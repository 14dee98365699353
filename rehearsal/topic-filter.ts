/** Whether a filter selects a topic. Unlike in the standard, `a/#` does not select `a`. */
export function selects(filter: string, topic: string): boolean {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const levels = topic.split('/');
  const pattern = filter.split('/');
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '#') return levels.length > i;
    if (i >= levels.length || (pattern[i] !== '+' && pattern[i] !== levels[i])) return false;
  }
  return levels.length === pattern.length;
}
