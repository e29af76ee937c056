/** Jest runs setup and teardown in one process but as separate modules; this is what they share. */
export const sharedServer: { stop: () => Promise<void> } = { stop: () => Promise.resolve() };
