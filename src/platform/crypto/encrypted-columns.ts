/** A column of ciphertexts, and how each row's identity is made in SQL: to the letter as the code that encrypts makes it. */
export interface EncryptedColumn {
  table: string;
  /** A unique key of the table, and its type. */
  key: string;
  keyType: string;
  ciphertext: string;
  keyId: string;
  identity: string;
}

/** Everywhere the database keeps ciphertexts. The one list of them: key check and re-encryption go by it. */
export const ENCRYPTED_COLUMNS: readonly EncryptedColumn[] = [
  {
    table: 'oauth_token',
    key: 'name',
    keyType: 'text',
    ciphertext: 'ciphertext',
    keyId: 'key_id',
    identity: `'oauth_token:' || name`,
  },
  {
    table: 'gateway_account_credential',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'ciphertext',
    keyId: 'key_id',
    identity: `'gateway_account_credential:' || gateway_account || ':' || name || ':' || version`,
  },
  {
    table: 'billing_token',
    key: 'token_hash',
    keyType: 'bytea',
    ciphertext: 'ciphertext',
    keyId: 'key_id',
    identity: `'billing_token:' || encode(token_hash, 'hex')`,
  },
  {
    table: 'payment_method',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'ciphertext',
    keyId: 'key_id',
    identity: `'payment_method:' || id`,
  },
  {
    table: 'method_registration',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'secrets_ciphertext',
    keyId: 'secrets_key_id',
    identity: `'method_registration:' || encode(token_hash, 'hex')`,
  },
  {
    table: 'direct_payment',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'reference_ciphertext',
    keyId: 'reference_key_id',
    identity: `'direct_payment:' || idempotency_key`,
  },
  {
    table: 'deposit_account',
    key: 'direct_payment_id',
    keyType: 'bigint',
    ciphertext: 'secret_ciphertext',
    keyId: 'secret_key_id',
    identity: `'deposit_account:' || direct_payment_id`,
  },
  {
    table: 'refund_account',
    key: 'refund_id',
    keyType: 'bigint',
    ciphertext: 'ciphertext',
    keyId: 'key_id',
    identity: `'refund_account:' || refund_id`,
  },
  {
    table: 'customer_order',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'token_ciphertext',
    keyId: 'token_key_id',
    identity: `'customer_order:' || reference`,
  },
  {
    table: 'gateway_exchange',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'ciphertext',
    keyId: 'key_id',
    identity: `'gateway_exchange:' || seal`,
  },
  {
    table: 'discrepancy',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'raw_line_ciphertext',
    keyId: 'raw_line_key_id',
    identity: `'discrepancy:' || bulk_payment_job_id || ':' || line_number`,
  },
  {
    table: 'idempotency_key',
    key: 'id',
    keyType: 'bigint',
    ciphertext: 'answer_ciphertext',
    keyId: 'answer_key_id',
    identity: `'idempotency_key:' || id`,
  },
];
