import { CALLS } from '../../../simulator/toss/http/toss-call';
import { TOSS_FAULTS } from '../../../simulator/toss/faults/catalogue';
import { holdsToItsReadme } from '../simulator/support/gateway-readme';

holdsToItsReadme({ gateway: 'toss', faults: TOSS_FAULTS, calls: CALLS });
