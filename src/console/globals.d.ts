// What swagger-ui-bundle.js defines, as far as the console uses it.
declare const SwaggerUIBundle: (options: { readonly [name: string]: unknown }) => {
  readonly preauthorizeApiKey: (scheme: string, token: string) => void;
  readonly specActions: {
    readonly clearResponse: (path: string, method: string) => void;
    readonly clearRequest: (path: string, method: string) => void;
  };
  readonly authActions: { readonly logout: (schemes: readonly string[]) => void };
};
