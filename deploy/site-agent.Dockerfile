# The site agent. Build from the repository's root: docker build -f deploy/site-agent.Dockerfile -t consilium-site-agent .
# It opens no port. /agent holds its keys, ledger and outbox; /hospital is the hospital's data, mounted read-only.
FROM node:20-bookworm-slim AS build
WORKDIR /opt/consilium
COPY package.json package-lock.json .npmrc tsconfig.base.json tsconfig.json ./
COPY apps ./apps
COPY libs ./libs
COPY scripts ./scripts
COPY test/package.json ./test/package.json
RUN npm ci --ignore-scripts && npx tsc -b apps/cli && node scripts/bundle-programs.mjs && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production GLIBC_TUNABLES=glibc.malloc.hugetlb=1
WORKDIR /opt/consilium
COPY --from=build --chown=root:root /opt/consilium /opt/consilium
RUN groupadd --gid 10001 consilium && useradd --uid 10001 --gid consilium --no-create-home --shell /usr/sbin/nologin consilium \
 && install -d -o consilium -g consilium -m 0700 /agent
USER 10001:10001
VOLUME ["/agent"]
ENTRYPOINT ["node", "apps/cli/bin/consilium.js", "site"]
CMD ["start", "/agent"]
