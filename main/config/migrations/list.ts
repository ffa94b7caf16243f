/** Every migration there ever was, oldest first. A file here is never changed once released. */
import { version1 } from './0001-virtual-keys.ts';

export const migrations = [version1];
