// Lets Node resolve `./client` to `./client.js` or `./client/index.js`, as bundlers do.
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => {
    for (const ending of ['', '.js', '/index.js']) {
      try {
        return next(`${specifier}${ending}`, context);
      } catch (error) {
        if (ending === '/index.js' || !specifier.startsWith('.')) throw error;
      }
    }
  },
});
