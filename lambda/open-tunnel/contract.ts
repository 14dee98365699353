/** Environment of the entry for tunnels. */
export const ENV = {
  table: 'INCIDENT_TABLE',
  /** JSON of the services that a tunnel may lead to. */
  services: 'TUNNEL_SERVICES',
  /** Minutes for which a tunnel is open at most. */
  minutes: 'TUNNEL_MINUTES',
} as const;

export const SERVICE = 'open-tunnel';

/** What a person can do. */
export const ROUTES = { open: 'POST /tunnel' } as const;
