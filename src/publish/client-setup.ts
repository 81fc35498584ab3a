// The defaults of the TypeScript SDK: three retries that honour Retry-After, and one idempotency
// key for all attempts of a call, so that repeating a POST or PATCH is safe.
export default {
  config: { retry: { retries: 3 }, idempotencyKey: true, clientHeader: false as const },
};
