/** All that a Node process of a test sees of an environment: the path to programs, and its settings. */
export function processEnvironment(settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, ...settings };
}
