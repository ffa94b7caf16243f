/** The version of this product, as released. */
import manifest from '../../package.json' with { type: 'json' };

export const version: string = manifest.version;
