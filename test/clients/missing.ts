// The steps of the scenario that an SDK does not pass yet. A step that is not listed must pass, and
// a step that is listed must not: so the table in the documentation is true.
export const missing: Readonly<Record<string, readonly string[]>> = {
  typescript: [],
  python: [],
  go: [],
  java: [],
};
