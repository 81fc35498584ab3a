# The service in its production form. test/deployment/container.test.ts repeats these steps by hand,
# and compares the version of Node with .nvmrc and package.json.
FROM node:24.21.0-slim

WORKDIR /app
ENV NODE_ENV=production

# Before the sources, so that a change to them does not install the packages again.
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --ignore-scripts

COPY openapi.yaml ./
COPY generated/openapi.json generated/docs.html generated/console.html generated/
COPY migrations migrations
COPY src src

# The user `node` of the base image, by number, so that an orchestrator can see that it is not root.
# The user owns none of the files.
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
# Checks whether the process is alive; an orchestrator uses /readyz to check whether it can serve.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/start.js"]
