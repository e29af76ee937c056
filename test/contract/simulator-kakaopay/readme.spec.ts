import { CALLS } from '../../../simulator/kakaopay/http/kakaopay-call';
import { KAKAOPAY_FAULTS } from '../../../simulator/kakaopay/faults/catalogue';
import { holdsToItsReadme } from '../simulator/support/gateway-readme';

holdsToItsReadme({ gateway: 'kakaopay', faults: KAKAOPAY_FAULTS, calls: CALLS });
