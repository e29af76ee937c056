/** Where the windows are. */
export const WINDOW_PATH = '/portone/window';
