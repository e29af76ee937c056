/** The companies that collect, each a room of its own in `gateways/`. */
export const GATEWAY_NAMES = ['tstore'] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];
