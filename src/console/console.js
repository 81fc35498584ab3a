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
  const [, token] = /^#token=(.*)$/.exec(location.hash) ?? [];
  if (token === undefined) return '';
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

const displayNameOf = (/** @type {Json} */ { tags }, /** @type {string} */ text) =>
  tags.find((/** @type {Json} */ { name }) => name === text)?.['x-displayName'] ?? text;

/**
 * Of Swagger UI's own checks, only the one for missing parameters is left, without which nothing
 * happens. The others show a regular expression where the service describes the fault. A response
 * to an earlier request does not stay beside a request that is not sent.
 */
const checkRequired =
  (/** @type {Json} */ contract) =>
  (
    /** @type {(at: [string, string]) => Json} */ validate,
    /** @type {Json} */ { specActions, specSelectors },
  ) =>
  (/** @type {[string, string]} */ [path, method]) => {
    const values = specSelectors.parameterValues([path, method]);
    const isMissing = contract.paths[path][method].parameters.some(
      (/** @type {Json} */ one) => one.required && !values.get(`${one.in}.${one.name}`),
    );
    if (!isMissing) return specActions.clearValidateParams([path, method]);
    specActions.clearResponse(path, method);
    return validate([path, method]);
  };

/** What an operation that needs a token shows while there is none: the field is far above it. */
const noToken = (/** @type {Json} */ { createElement }) =>
  createElement(
    'p',
    { className: 'no-token' },
    'There is no token, so the response will be 401. ',
    createElement(
      'button',
      { type: 'button', onClick: () => element('token-field').focus() },
      'Enter a token',
    ),
  );

/**
 * The page has a title, and a field for the token, of its own. The path of an operation is plain
 * text, because a link in a button cannot be reached by everyone; a group has the name that the
 * documentation gives it.
 */
const ownParts =
  (/** @type {Json} */ contract) =>
  (/** @type {Json} */ { React }) => ({
    statePlugins: { spec: { wrapActions: { validateParams: checkRequired(contract) } } },
    wrapComponents: {
      execute: (/** @type {Json} */ Execute) => (/** @type {Json} */ props) =>
        React.createElement(
          React.Fragment,
          null,
          props.operation.get('security')?.size === 0 ? null : noToken(React),
          React.createElement(Execute, props),
        ),
      InfoContainer: hidden,
      ServersContainer: hidden,
      authorizeBtn: hidden,
      authorizeOperationBtn: hidden,
      DeepLink:
        () =>
        (/** @type {Json} */ { text }) =>
          React.createElement('span', null, displayNameOf(contract, text)),
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
    const isInvalid = String(field.classList.contains('invalid'));
    if ((field.getAttribute('aria-invalid') ?? 'false') === isInvalid) continue;
    field.setAttribute('aria-invalid', isInvalid);
    const fault = isInvalid === 'true' ? `: ${field.getAttribute('title') || 'is required'}` : '';
    field.setAttribute('aria-label', nameOf(field) + fault);
  }
  for (const text of root.querySelectorAll('pre:not([tabindex])')) text.setAttribute('tabindex', '0');
  for (const region of root.querySelectorAll('table[role=region]:not([aria-label])')) {
    const operation = region.closest('.opblock')?.querySelector('.opblock-summary-path')?.textContent;
    region.setAttribute('aria-label', `Responses of ${region.id.split('_', 1)[0]} ${operation}`);
  }
};

const describeAll = (/** @type {Element} */ root) => {
  describe(root);
  new MutationObserver(() => describe(root)).observe(root, {
    attributeFilter: ['class'],
    childList: true,
    subtree: true,
  });
};

const help = loopback.includes(location.hostname)
  ? 'A development server and the sandbox print the address of this page with a token in it: open that one. ' +
    'For another user: npm run token -- alice. This page keeps it until it is reloaded.'
  : 'Your identity provider issues it. This page keeps it in memory only, until it is reloaded.';

/** Removes what was sent and returned: it contains the earlier token, and its user's data. */
const clearResponses = (/** @type {Json} */ { specActions }, /** @type {Json} */ { paths }) => {
  for (const [path, item] of Object.entries(paths)) {
    for (const method of Object.keys(item)) {
      specActions.clearResponse(path, method);
      specActions.clearRequest(path, method);
    }
  }
};

/** Whose token it is, or that it has expired, in words. */
const describeToken = (/** @type {Json} */ { sub, exp }) => {
  const until = new Date(exp * 1000);
  if (Number.isNaN(until.getTime())) return `Requests are sent as user “${sub}”.`;
  const time = until.toLocaleString();
  if (until.getTime() <= Date.now()) return `This token of user “${sub}” expired at ${time}. Use another.`;
  return `Requests are sent as user “${sub}”, until ${time}.`;
};

/** Connects the form to Swagger UI, and uses the token that the address contains, now and later. */
const startTokenForm = (/** @type {Json} */ ui, /** @type {Json} */ spec, /** @type {string} */ token) => {
  const field = /** @type {HTMLInputElement} */ (element('token-field'));
  const forget = element('forget');
  const show = (/** @type {string} */ text) => {
    element('caller').textContent = text;
  };
  const setHeld = (/** @type {boolean} */ isHeld) => {
    forget.hidden = !isHeld;
    document.body.classList.toggle('with-token', isHeld);
    clearResponses(ui, spec);
  };
  const use = (/** @type {string} */ text) => {
    const value = text.trim().replace(/^Bearer\s+/i, '');
    const claims = claimsOf(value);
    if (claims === null) return show('This is not a token: it has three parts, separated by dots.');
    ui.preauthorizeApiKey('bearerAuth', value);
    field.value = '';
    setHeld(true);
    show(describeToken(claims));
  };
  element('token').addEventListener('submit', (event) => {
    event.preventDefault();
    use(field.value);
  });
  forget.addEventListener('click', () => {
    ui.authActions.logout(['bearerAuth']);
    setHeld(false);
    show(help);
    field.focus();
  });
  // A restarted server prints a new token, and its address may be opened where the page already is.
  window.addEventListener('hashchange', () => {
    const later = tokenFromAddress();
    if (later !== '') use(later);
  });
  show(help);
  if (token !== '') use(token);
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
    plugins: [ownParts(spec)],
    tryItOutEnabled: true,
    validatorUrl: null,
    onComplete: () => {
      element('notice').remove();
      describeAll(element('swagger-ui'));
      startTokenForm(ui, spec, token);
    },
  });
};

start().catch((error) => {
  element('notice').textContent = `The contract could not be loaded: ${error.message}. Reload this page.`;
});
