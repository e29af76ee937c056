import {
  KAKAOPAY_CID,
  KAKAOPAY_CID_IN_WORDS,
  KAKAOPAY_CID_SECRET,
  KAKAOPAY_CID_SECRET_IN_WORDS,
  KAKAOPAY_GENERATIONS,
  KAKAOPAY_KEY,
  KAKAOPAY_KEY_IN_WORDS,
  PORTONE_API_SECRET,
  PORTONE_API_SECRET_IN_WORDS,
  PORTONE_CHANNEL_KEY,
  PORTONE_CHANNEL_KEYS,
  PORTONE_CHANNEL_KEYS_IN_WORDS,
  PORTONE_CHANNEL_KEY_IN_WORDS,
  PORTONE_STORE_ID,
  PORTONE_STORE_ID_IN_WORDS,
  PORTONE_WEBHOOK_SECRETS,
  PORTONE_WEBHOOK_SECRETS_IN_WORDS,
  TOSS_KEY,
  TOSS_KEY_IN_WORDS,
  kakaopayCidFault,
  tossKeyFaults,
  type Deployment,
} from '../config';
import { DomainError, type InputFault } from '../kernel/errors';
import { GATEWAY_NAMES, type GatewayName } from './gateway-name';

interface Field {
  readonly pattern: RegExp;
  readonly expected: string;
  /** Says it of the account that settings make. */
  readonly setting: string;
  /** Not every account has one. */
  readonly isOptional?: true;
}

type Fields = Readonly<Record<string, Field>>;

/** What an account of a gateway consists of, by the gateway's own words. */
export interface AccountForm {
  /** Name the merchant; shown to everybody. */
  readonly identifiers: Readonly<Record<string, Field>>;
  /** Secrets: encrypted, and never shown. */
  readonly credentials: Readonly<Record<string, Field>>;
  /** What is wrong with secrets that are well-formed each: with one another, or with where they would be used. */
  readonly relation?: (secrets: Readonly<Record<string, string>>, environment: Deployment) => InputFault[];
  /** The same of identifiers. */
  readonly identity?: (identifiers: Readonly<Record<string, string>>, environment: Deployment) => InputFault[];
}

const printable = (most: number): RegExp => new RegExp(`^[\\x21-\\x7e]{1,${most}}$`);

const ACCOUNT_FORMS: Readonly<Partial<Record<GatewayName, AccountForm>>> = {
  tstore: {
    identifiers: {
      bid: { pattern: printable(64), expected: '1 to 64 printable characters', setting: 'TSTORE_BID' },
      mid: {
        pattern: /^[\x21-\x2b\x2d-\x7e]{1,64}$/,
        expected: '1 to 64 printable characters, no comma',
        setting: 'TSTORE_MID',
      },
    },
    credentials: {
      clientId: {
        pattern: /^[\x21-\x39\x3b-\x7e]{1,200}$/,
        expected: '1 to 200 printable characters, no colon',
        setting: 'TSTORE_CLIENT_ID',
      },
      clientSecret: {
        pattern: printable(500),
        expected: '1 to 500 printable characters',
        setting: 'TSTORE_CLIENT_SECRET',
      },
    },
  },
  toss: {
    // The keys say whose they are.
    identifiers: {},
    credentials: {
      secretKey: { pattern: TOSS_KEY, expected: TOSS_KEY_IN_WORDS, setting: 'TOSS_SECRET_KEY' },
      clientKey: { pattern: TOSS_KEY, expected: TOSS_KEY_IN_WORDS, setting: 'TOSS_CLIENT_KEY' },
    },
    relation: (secrets, environment) =>
      tossKeyFaults(secrets, environment).map(({ key, expected }) => ({ field: `credentials.${key}`, expected })),
  },
  kakaopay: {
    identifiers: {
      cid: { pattern: KAKAOPAY_CID, expected: KAKAOPAY_CID_IN_WORDS, setting: 'KAKAOPAY_CID' },
      cidSubscription: {
        pattern: KAKAOPAY_CID,
        expected: KAKAOPAY_CID_IN_WORDS,
        setting: 'KAKAOPAY_CID_SUBSCRIPTION',
        isOptional: true,
      },
      generation: {
        pattern: new RegExp(`^(?:${KAKAOPAY_GENERATIONS.join('|')})$`),
        expected: `one of ${KAKAOPAY_GENERATIONS.join(', ')}`,
        setting: 'KAKAOPAY_GENERATION',
        isOptional: true,
      },
    },
    credentials: {
      secretKey: { pattern: KAKAOPAY_KEY, expected: KAKAOPAY_KEY_IN_WORDS, setting: 'KAKAOPAY_SECRET_KEY' },
      cidSecret: {
        pattern: KAKAOPAY_CID_SECRET,
        expected: KAKAOPAY_CID_SECRET_IN_WORDS,
        setting: 'KAKAOPAY_CID_SECRET',
        isOptional: true,
      },
      cidSubscriptionSecret: {
        pattern: KAKAOPAY_CID_SECRET,
        expected: KAKAOPAY_CID_SECRET_IN_WORDS,
        setting: 'KAKAOPAY_CID_SUBSCRIPTION_SECRET',
        isOptional: true,
      },
    },
    identity: (identifiers, environment) =>
      ['cid', 'cidSubscription'].flatMap((name) => {
        const expected = kakaopayCidFault(identifiers[name], environment);
        return expected === undefined ? [] : [{ field: `identifiers.${name}`, expected }];
      }),
  },
  portone: {
    identifiers: {
      storeId: { pattern: PORTONE_STORE_ID, expected: PORTONE_STORE_ID_IN_WORDS, setting: 'PORTONE_STORE_ID' },
      channelKeys: {
        pattern: PORTONE_CHANNEL_KEYS,
        expected: PORTONE_CHANNEL_KEYS_IN_WORDS,
        setting: 'PORTONE_CHANNEL_KEYS',
      },
      billingChannelKey: {
        pattern: PORTONE_CHANNEL_KEY,
        expected: PORTONE_CHANNEL_KEY_IN_WORDS,
        setting: 'PORTONE_BILLING_CHANNEL_KEY',
        isOptional: true,
      },
      manualConfirm: {
        pattern: /^(?:true|false)$/,
        expected: 'true or false',
        setting: 'PORTONE_MANUAL_CONFIRM',
        isOptional: true,
      },
    },
    credentials: {
      apiSecret: { pattern: PORTONE_API_SECRET, expected: PORTONE_API_SECRET_IN_WORDS, setting: 'PORTONE_API_SECRET' },
      webhookSecrets: {
        pattern: PORTONE_WEBHOOK_SECRETS,
        expected: PORTONE_WEBHOOK_SECRETS_IN_WORDS,
        setting: 'PORTONE_WEBHOOK_SECRETS',
        isOptional: true,
      },
    },
  },
};

/** Those of which an account can be made. */
export const ACCOUNT_GATEWAYS = GATEWAY_NAMES.filter((name) => name in ACCOUNT_FORMS);

/** @throws {DomainError} `gateway-cannot` where nobody knows what an account of it consists of */
export function accountFormOf(gateway: GatewayName): AccountForm {
  const form = ACCOUNT_FORMS[gateway];
  if (form === undefined) throw new DomainError('gateway-cannot', `${gateway} has no accounts here yet`);
  return form;
}

/**
 * What is wrong with the fields of one part of an account; values are never told.
 *
 * @param isWhole whether each field must be there; else at least one
 */
export function faultsOfFields(
  part: 'identifiers' | 'credentials',
  fields: Fields,
  given: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): InputFault[] {
  const names = Object.keys(fields);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined || (!isWhole && Object.keys(given).length === 0)) {
    if (names.length === 0) return [{ field: part, expected: 'none: the gateway has no such' }];
    return [{ field: part, expected: `${isWhole ? 'all' : 'one or more'} of ${names.join(', ')}, and nothing else` }];
  }
  return Object.entries(fields).flatMap(([name, { pattern, expected, isOptional = false }]) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    const isGood = value === undefined ? !isWhole || isOptional : typeof value === 'string' && pattern.test(value);
    return isGood ? [] : [{ field: `${part}.${name}`, expected }];
  });
}

/** Of the fields named, the settings that say them. */
export function settingsOf(fields: Fields, names: readonly string[]): string[] {
  return names.flatMap((name) => fields[name]?.setting ?? []);
}
