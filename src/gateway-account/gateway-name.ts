/** The companies that collect. What one can do for us is what its room in `gateways/` has a port for; without a room, nothing. */
export const GATEWAY_NAMES = ['tstore', 'toss', 'kakaopay', 'portone'] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];
