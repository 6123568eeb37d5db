// The driver in Node: commands as lines of JSON on stdin, what happens as lines on stdout.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import './driver.js';

const packages = new URL('../../../frontend/node_modules/', import.meta.url);
const { default: Echo } = await import(new URL('laravel-echo/dist/echo.js', packages));
const pusher = createRequire(packages)('pusher-js');
const driver = globalThis.makeDriver(pusher.Pusher ?? pusher, Echo, (entry) =>
  process.stdout.write(JSON.stringify(entry) + '\n'),
);
createInterface({ input: process.stdin })
  .on('line', (line) => driver.run(JSON.parse(line)))
  .on('close', () => process.exit(0));
