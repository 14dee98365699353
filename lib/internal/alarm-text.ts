/**
 * What an alarm says to whoever it wakes: what is wrong, and where it stands what to do. The documents are part of the package.
 *
 * @param page Name of the document, without its folder
 */
export function alarmText(what: string, id: string, page = 'runbook.md'): string {
  return `${what.replace(/\.$/, '')}. What to do: docs/${page} of cdk-iot-zero-trust, ${id}.`;
}
