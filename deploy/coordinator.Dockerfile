# The coordinator. Build from the repository's root: docker build -f deploy/coordinator.Dockerfile -t consilium-coordinator .
FROM node:20-bookworm-slim AS build
WORKDIR /opt/consilium
COPY package.json package-lock.json .npmrc tsconfig.base.json tsconfig.browser.json tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
COPY test/package.json ./test/package.json
COPY deploy/health.mjs ./deploy/health.mjs
COPY scripts ./scripts
RUN npm ci --ignore-scripts && npx tsc -b apps/coordinator && node scripts/bundle-programs.mjs coordinator && node scripts/build-pages.mjs && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production GLIBC_TUNABLES=glibc.malloc.hugetlb=1 CONSILIUM_DATA_FOLDER=/data CONSILIUM_HOST=0.0.0.0 CONSILIUM_PORT=8443
WORKDIR /opt/consilium
COPY --from=build --chown=root:root /opt/consilium /opt/consilium
RUN groupadd --gid 10001 consilium && useradd --uid 10001 --gid consilium --no-create-home --shell /usr/sbin/nologin consilium \
 && install -d -o consilium -g consilium -m 0700 /data
USER 10001:10001
VOLUME ["/data"]
EXPOSE 8443
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s CMD ["node", "deploy/health.mjs"]
CMD ["node", "apps/coordinator/dist/packed/main.js"]
