/** What the description of a tunnel begins with, so that it is known whose it is, also where its id did not reach the record. */
export function tunnelLabel(subject: string, episode: number): string {
  return `Incident ${subject}, episode ${episode}, for `;
}
