#!/usr/bin/env node
// The `sluice` command of a checkout: sets up what is missing, then runs the command line.
import { launch } from './launch.mjs';

await launch(process.argv.slice(2));
