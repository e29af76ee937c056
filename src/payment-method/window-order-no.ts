/** By which the gateway knows what is entered in a window of a registration. */
export function windowOrderNo(registrationId: string, window: string): string {
  return `R${registrationId}-${window}`;
}
