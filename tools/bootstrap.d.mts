/** Installs what is missing, then runs `script` with Node 24. */
export declare function bootstrap(script: URL | string): Promise<void>;
/** Whether what package-lock.json wants is in the folder's node_modules. */
export declare function isInstalled(folder: string): boolean;
