import { refuseSecondConnections } from '../../src/platform/database/held-connection';

// Before every spec file: a service that a test starts in its own process is one that tells of it.
refuseSecondConnections();
