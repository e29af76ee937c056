import type { SimulatorClock } from '../../shared/clock';
import { DAY_MS, MINUTE_MS } from '../../shared/durations';
import type { Members } from '../../shared/http/members';
import { PortOneRefusal } from '../error-types';
import type { Keys } from '../keys';
import type { Store, Stores } from '../stores';
import { reader } from './members';

/** How long tokens live: PortOne's own times are not known, and no client of ours uses them. */
const ACCESS_MS = 30 * MINUTE_MS;
const REFRESH_MS = DAY_MS;

interface Token {
  readonly store: Store;
  readonly endsAt: number;
}

/** Whose call it is: by the API secret, or by a token that it was changed for. */
export class Authentication {
  private readonly accessTokens = new Map<string, Token>();
  private readonly refreshTokens = new Map<string, Token>();

  constructor(
    private readonly clock: SimulatorClock,
    private readonly keys: Keys,
    private readonly stores: Stores,
  ) {}

  storeOf(header: string): Store {
    const [, scheme = '', credential = ''] = /^(PortOne|Bearer) +(\S+)$/.exec(header) ?? [];
    const store = scheme === 'PortOne' ? this.stores.bySecret(credential) : this.live(this.accessTokens, credential);
    if (!store) throw new PortOneRefusal('UNAUTHORIZED');
    return store;
  }

  /** `POST /login/api-secret` */
  login(body: Members): Members {
    const store = this.stores.bySecret(reader.requiredText(body, 'apiSecret', 300));
    if (!store) throw new PortOneRefusal('UNAUTHORIZED');
    return this.issue(store);
  }

  /** `POST /token/refresh`: each refresh token is good once. */
  refresh(body: Members): Members {
    const token = reader.requiredText(body, 'refreshToken', 300);
    const store = this.live(this.refreshTokens, token);
    if (!store) throw new PortOneRefusal('UNAUTHORIZED');
    this.refreshTokens.delete(token);
    return this.issue(store);
  }

  private issue(store: Store): Members {
    const [accessToken, refreshToken] = [this.keys.token(), this.keys.token()];
    this.accessTokens.set(accessToken, { store, endsAt: this.clock.now() + ACCESS_MS });
    this.refreshTokens.set(refreshToken, { store, endsAt: this.clock.now() + REFRESH_MS });
    return { accessToken, refreshToken };
  }

  private live(tokens: ReadonlyMap<string, Token>, text: string): Store | undefined {
    const token = tokens.get(text);
    return token && this.clock.now() < token.endsAt ? token.store : undefined;
  }
}
