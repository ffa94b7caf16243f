// `npm start`: the product, headless; arguments go to `sluice serve`.
import { launch } from './launch.mjs';

// `--headless` asks for what is started here anyway.
await launch(['serve', ...process.argv.slice(2).filter((argument, index) => index > 0 || argument !== '--headless')]);
