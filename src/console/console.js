// The console: Swagger UI on the service's own contract, with a token that only this page's memory
// holds. It runs in the browser, from the page that src/publish/console.ts puts together.

/** @typedef {{ [name: string]: any }} Json */

/** The names by which a browser reaches its own machine. */
const loopback = ['127.0.0.1', 'localhost', '[::1]'];

const element = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * The token in the address that a development server prints: after `#`, so it is sent to no server.
 * It is removed from the address at once. Other hosts than this machine are not believed: a link
 * from elsewhere could make a user work under the token of another user.
 */
const tokenFromAddress = () => {
  const [, token = ''] = /^#token=([\w.-]+)$/.exec(location.hash) ?? [];
  if (token === '') return '';
  history.replaceState(null, '', location.pathname);
  return loopback.includes(location.hostname) ? token : '';
};

/** The claims of a token, which only the server verifies; null if it is not a JSON Web Token. */
const claimsOf = (/** @type {string} */ token) => {
  const [, payload = '', signature] = token.split('.');
  if (signature === undefined) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
      character.charCodeAt(0),
    );
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
};

/** Follows a local reference of the contract. */
const resolve = (/** @type {Json} */ contract, /** @type {Json} */ value) =>
  value.$ref === undefined
    ? value
    : value.$ref
        .slice(2)
        .split('/')
        .reduce((/** @type {Json} */ at, /** @type {string} */ key) => at[key], contract);

/**
 * A parameter as a form field that is empty at first: an example or a default would be sent, and an
 * example of a condition or a key changes what the request does. Only the user in the path stays,
 * because `me` is right for everyone.
 */
const emptied = (/** @type {Json} */ contract, /** @type {Json} */ parameter) => {
  const { example, examples, schema, ...rest } = resolve(contract, parameter);
  const { default: _, example: __, ...type } = resolve(contract, schema);
  return { ...rest, ...(rest.name === 'user_id' && { example }), schema: type };
};

/** Whether an operation returns a page for people, which is for the browser itself to open. */
const isPage = (/** @type {Json} */ { responses }) =>
  Object.values(responses).some(({ content = {} }) => 'text/html' in content);

/**
 * What each status means. Of the rest, the documentation has the errors and the header fields, and a
 * live response shows its own.
 */
const responsesOf = (/** @type {Json} */ contract, /** @type {Json} */ { responses }) =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => {
      const { description, content } = resolve(contract, response);
      return [status, status < '4' ? { description, content } : { description }];
    }),
  );

const methods = ['get', 'put', 'post', 'patch', 'delete'];

/** The contract as the console shows it: its operations, sent to where this page comes from. */
const forConsole = (/** @type {Json} */ contract) => ({
  ...contract,
  servers: [{ url: new URL('.', location.href).href.replace(/\/$/, '') }],
  paths: Object.fromEntries(
    Object.entries(contract.paths).flatMap(([path, { parameters = [], ...item }]) => {
      const operations = Object.entries(item)
        .filter(([method, operation]) => methods.includes(method) && !isPage(operation))
        .map(([method, operation]) => [
          method,
          {
            ...operation,
            responses: responsesOf(contract, operation),
            parameters: [...parameters, ...(operation.parameters ?? [])].map((parameter) =>
              emptied(contract, parameter),
            ),
          },
        ]);
      return operations.length > 0 ? [[path, Object.fromEntries(operations)]] : [];
    }),
  ),
});

const hidden = () => () => null;

/**
 * The page has a title, and a field for the token, of its own. The path of an operation is plain
 * text, because a link in a button cannot be reached by everyone.
 */
const ownParts = (/** @type {Json} */ { React: { createElement } }) => ({
  wrapComponents: {
    InfoContainer: hidden,
    ServersContainer: hidden,
    authorizeBtn: hidden,
    authorizeOperationBtn: hidden,
    DeepLink:
      () =>
      (/** @type {Json} */ { text }) =>
        createElement('span', null, text),
  },
});

/** The name of a form field that Swagger UI leaves without one. */
const nameOf = (/** @type {Element} */ field) => {
  const { paramName } = field.closest('tr')?.dataset ?? {};
  if (paramName !== undefined) return paramName;
  if (field.matches('textarea, .body-param *')) return 'Request body';
  if (field.closest('.examples-select') !== null) return 'Example';
  return 'Media type';
};

/** Gives names to fields, tables and long texts, and lets a keyboard scroll what scrolls. */
const describe = (/** @type {Element} */ root) => {
  for (const field of root.querySelectorAll('select, textarea, input')) {
    if (!field.hasAttribute('aria-label')) field.setAttribute('aria-label', nameOf(field));
  }
  for (const text of root.querySelectorAll('pre:not([tabindex])')) text.setAttribute('tabindex', '0');
  for (const region of root.querySelectorAll('table[role=region]:not([aria-label])')) {
    const operation = region.closest('.opblock')?.querySelector('.opblock-summary-path')?.textContent;
    region.setAttribute('aria-label', `Responses of ${region.id.split('_', 1)[0]} ${operation}`);
  }
};

const describeAll = (/** @type {Element} */ root) => {
  describe(root);
  new MutationObserver(() => describe(root)).observe(root, { childList: true, subtree: true });
};

const help = loopback.includes(location.hostname)
  ? 'A development server and the sandbox print the address of this page with a token in it: open that one. ' +
    'For another user: npm run token -- alice'
  : 'Your identity provider issues it. This page keeps it in memory only.';

/** Connects the form to Swagger UI, and uses the token that the address contains. */
const startTokenForm = (/** @type {Json} */ ui, /** @type {string} */ token) => {
  const field = /** @type {HTMLInputElement} */ (element('token-field'));
  const forget = element('forget');
  const show = (/** @type {string} */ text, isKnown = false) => {
    element('caller').textContent = text;
    forget.hidden = !isKnown;
  };
  const use = (/** @type {string} */ text) => {
    const value = text.trim().replace(/^Bearer\s+/i, '');
    const claims = claimsOf(value);
    if (claims === null) return show('This is not a token: it has three parts, separated by dots.');
    ui.preauthorizeApiKey('bearerAuth', value);
    field.value = '';
    const until = new Date(claims.exp * 1000);
    const expiry = Number.isNaN(until.getTime()) ? '' : `, until ${until.toLocaleString()}`;
    show(`Requests are sent as user “${claims.sub}”${expiry}.`, true);
  };
  element('token').addEventListener('submit', (event) => {
    event.preventDefault();
    use(field.value);
  });
  forget.addEventListener('click', () => {
    ui.authActions.logout(['bearerAuth']);
    show(help);
    field.focus();
  });
  if (token === '') show(help);
  else use(token);
};

const start = async () => {
  const token = tokenFromAddress();
  const response = await fetch('openapi.json');
  if (!response.ok) throw new Error(`status ${response.status}`);
  const spec = forConsole(await response.json());
  const ui = SwaggerUIBundle({
    spec,
    dom_id: '#swagger-ui',
    deepLinking: true,
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    docExpansion: 'list',
    persistAuthorization: false,
    syntaxHighlight: { theme: 'obsidian' },
    plugins: [ownParts],
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => {
      element('notice').remove();
      describeAll(element('swagger-ui'));
      startTokenForm(ui, token);
    },
  });
};

start().catch((error) => {
  element('notice').textContent = `The contract could not be loaded: ${error.message}. Reload this page.`;
});
