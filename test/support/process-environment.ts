/** All that a Node process of a test sees of an environment: the path to programs, packages loaded fast, and its settings. */
export function processEnvironment(settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // BUNDLED_PACKAGES is set by jest.config.js.
  return { PATH: process.env.PATH, BUNDLED_PACKAGES: process.env.BUNDLED_PACKAGES, ...settings };
}
