export interface DenyListPort {
  isDenied(certificateId: string): Promise<boolean>;
}
