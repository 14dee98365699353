/** The answer, or `gone` when the service does not know (any more) what was asked for. */
export async function orGone<T>(answer: Promise<T>): Promise<T | 'gone'> {
  try {
    return await answer;
  } catch (error) {
    if (nameOf(error) === 'ResourceNotFoundException') return 'gone';
    throw error;
  }
}

export function nameOf(error: unknown): string {
  return (error as { name?: string }).name ?? '';
}
