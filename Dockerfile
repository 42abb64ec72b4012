# One target for each program: `docker build --target migrator-network .`; without a target, the all-in-one.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN npm ci && npm prune --omit=dev

FROM node:24-bookworm-slim AS program
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
# A volume that is mounted here takes its owner from it: the program is not root, and could not write into root's.
RUN install -d -o node -g node /data
USER node

FROM program AS data-transfer
CMD ["node", "dist/apps/data-transfer/main.js"]

FROM program AS discovery
CMD ["node", "dist/apps/discovery/main.js"]

FROM program AS gateway
CMD ["node", "dist/apps/gateway/main.js"]

FROM program AS migrator-block-storage
CMD ["node", "dist/apps/migrator-block-storage/main.js"]

FROM program AS migrator-compute
CMD ["node", "dist/apps/migrator-compute/main.js"]

FROM program AS migrator-dns
CMD ["node", "dist/apps/migrator-dns/main.js"]

FROM program AS migrator-identity
CMD ["node", "dist/apps/migrator-identity/main.js"]

FROM program AS migrator-image
CMD ["node", "dist/apps/migrator-image/main.js"]

FROM program AS migrator-key-manager
CMD ["node", "dist/apps/migrator-key-manager/main.js"]

FROM program AS migrator-load-balancer
CMD ["node", "dist/apps/migrator-load-balancer/main.js"]

FROM program AS migrator-network
CMD ["node", "dist/apps/migrator-network/main.js"]

FROM program AS migrator-object-store
CMD ["node", "dist/apps/migrator-object-store/main.js"]

FROM program AS migrator-shared-file-system
CMD ["node", "dist/apps/migrator-shared-file-system/main.js"]

FROM program AS planner
CMD ["node", "dist/apps/planner/main.js"]

FROM program AS registry
CMD ["node", "dist/apps/registry/main.js"]

# The last one is what a build without a target makes.
FROM program AS all-in-one
CMD ["node", "dist/apps/all-in-one/main.js"]
