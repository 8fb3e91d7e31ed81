# The command line of the coordinating centre. Build from the repository's root: docker build -f deploy/cli.Dockerfile -t consilium .
FROM node:20-bookworm-slim AS build
WORKDIR /opt/consilium
COPY package.json package-lock.json .npmrc tsconfig.base.json tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
COPY scripts ./scripts
COPY test/package.json ./test/package.json
RUN npm ci --ignore-scripts && npx tsc -b apps/cli && node scripts/bundle-programs.mjs && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production HOME=/home/consilium
WORKDIR /opt/consilium
COPY --from=build --chown=root:root /opt/consilium /opt/consilium
RUN groupadd --gid 10001 consilium && useradd --uid 10001 --gid consilium --create-home --shell /usr/sbin/nologin consilium
USER 10001:10001
VOLUME ["/home/consilium"]
ENTRYPOINT ["node", "apps/cli/bin/consilium.js"]
CMD ["--help"]
