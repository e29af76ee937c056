import { parseJson, stringifyJson } from '../platform/json';

/** What a payment that a customer agreed to in a window is asked for with, beside the charge. */
export interface CheckoutSecret {
  /** The gateway's key of the payment. */
  reference: string;
  /** That the customer has agreed, where the gateway's return brings such; a secret. */
  proof?: string | undefined;
  /** By which the gateway's window knew the customer. */
  customerKey?: string | undefined;
}

/** As it is sealed: where the gateway's key says all, that alone. */
export function checkoutSecretText({ reference, proof, customerKey }: CheckoutSecret): string {
  return proof === undefined ? reference : stringifyJson({ reference, proof, customerKey });
}

/** Reads what was sealed. */
export function checkoutSecretOf(text: string): CheckoutSecret {
  const members = text.startsWith('{') ? membersOf(text) : undefined;
  return members ?? { reference: text };
}

/** A key of the gateway's may begin like JSON, too: it came from an address. */
function membersOf(text: string): CheckoutSecret | undefined {
  try {
    const { reference, proof, customerKey } = parseJson(text) as Record<string, unknown>;
    const isOurs = typeof reference === 'string' && typeof proof === 'string' && typeof customerKey === 'string';
    return isOurs ? { reference, proof, customerKey } : undefined;
  } catch {
    return undefined;
  }
}
