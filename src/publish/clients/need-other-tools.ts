/** The SDKs whose generators need more than npm's packages: see `main.ts`. */
export const needOtherTools: readonly string[] = [];
