import { CALLS } from '../../../simulator/portone/http/portone-call';
import { PORTONE_FAULTS } from '../../../simulator/portone/faults/catalogue';
import { holdsToItsReadme } from '../simulator/support/gateway-readme';

holdsToItsReadme({ gateway: 'portone', faults: PORTONE_FAULTS, calls: CALLS });
