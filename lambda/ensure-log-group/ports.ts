export interface LogGroupPort {
  ensure(name: string): Promise<'created' | 'existed'>;
}
