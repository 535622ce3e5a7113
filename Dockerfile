# syntax=docker/dockerfile:1
# Elsa Studio, pinned by its lock file.
FROM node:22-slim AS studio
WORKDIR /studio
COPY designer/studio/package.json designer/studio/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
WORKDIR /src
COPY Directory.Build.props Directory.Packages.props global.json BannedSymbols.txt .editorconfig ./
COPY engine/ engine/
COPY activities/ activities/
COPY designer/ designer/
COPY samples/ samples/
COPY --from=studio /studio/node_modules designer/studio/node_modules
# The sandbox is for trying the product on a desk; an image serves a real CRM.
# Compiled ahead: it is ready in two thirds of the time.
RUN dotnet publish designer/Automation.Server -c Release -o /app --os linux --arch ${TARGETARCH:-amd64} --no-self-contained -p:PublishReadyToRun=true -p:BuildSandbox=false -p:UseAppHost=false

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app ./
# The script worker runs users' JavaScript; without it every script ends with script_unavailable.
RUN test -f scriptworker/Automation.Engine.ScriptWorker.dll && mkdir /data && chown app:app /data
USER app
VOLUME /data
ENV AUTOMATION_DATA=/data AUTOMATION_URL=http://0.0.0.0:5080 AUTOMATION_HOOK_URL=http://0.0.0.0:5082
EXPOSE 5080 5082
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "Automation.Server.dll"]
CMD ["serve"]
