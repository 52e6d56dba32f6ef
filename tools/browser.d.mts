import type { Browser, LaunchOptions } from 'playwright-core';

export declare const BROWSER_FLAGS: readonly string[];
/** Path of the executable that `launchBrowser` starts. Throws with what to do when there is none. */
export declare function browserPath(): Promise<string>;
/** Starts a headless Chromium. The caller closes it. `args` are added to ours. */
export declare function launchBrowser(options?: LaunchOptions): Promise<Browser>;
