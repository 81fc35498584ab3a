// `npm run limits`, `npm run limits -- reset`: sets the limits on statements for the role in the
// configured databases, or removes them.
import { changeLimits } from '../db/role-limits.ts';
import { configOrFail, fail, onEach, targetsOf } from './maintenance.ts';

const [action = 'set'] = process.argv.slice(2);
if (action !== 'set' && action !== 'reset') throw fail('npm run limits, or npm run limits -- reset');

const config = configOrFail(process.env, 'The embedded database needs no limits.');
const { databaseTimeout: deadline, connectTimeout: timeout } = config;
const failures = await onEach(targetsOf(config), 'No limits changed', ({ url, log }) =>
  changeLimits({ url, action, deadline, timeout }, log),
);
if (failures.length > 0) fail(failures.join('\n'));
