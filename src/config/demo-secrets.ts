/**
 * The secrets `npm run demo` starts with. Public by being here, so `live` refuses them.
 */
export const DEMO_ENCRYPTION_KEY = 'ZGVtby1vbmx5LWtleS1uZXZlci11c2UtaW4tbGl2ZSE=';
export const DEMO_ADMIN_KEY = 'demo-only-admin-key-never-in-live';
