# .\run.ps1            the product on its embedded database, with the sandbox CRM; the address is printed
# .\run.ps1 VERB …     the command line: .\run.ps1 why --deal 40215877     (.\run.ps1 --help lists the verbs)
$ErrorActionPreference = 'Stop'
$env:UseSharedCompilation = 'true'
$server = Join-Path $PSScriptRoot 'designer/Automation.Server'
$dll = Join-Path $server 'bin/Release/net10.0/Automation.Server.dll'
$stamp = Join-Path $server 'obj/built-release'

if (-not (Get-Command dotnet -ErrorAction SilentlyContinue)) {
    Write-Error 'The .NET 10 SDK is missing: https://dotnet.microsoft.com/download/dotnet/10.0'
}

# Is there a source file newer than the last build?
function Test-Newer([string] $filter) {
    $built = (Get-Item $stamp).LastWriteTimeUtc
    $folders = 'engine', 'activities', 'designer', 'samples', 'tests/Automation.Simulators' | ForEach-Object { Join-Path $PSScriptRoot $_ }
    $sources = @(Get-ChildItem $folders -Recurse -File -Filter $filter | Where-Object FullName -NotMatch '[\\/](bin|obj|node_modules|data)[\\/]')
    $sources += Get-ChildItem $PSScriptRoot -File -Filter 'Directory.*.props'
    $null -ne ($sources | Where-Object { $_.LastWriteTimeUtc -gt $built } | Select-Object -First 1)
}

if (-not (Test-Path $stamp) -or -not (Test-Path $dll) -or (Test-Newer '*')) {
    Write-Host 'Building ...'
    $started = [DateTime]::UtcNow
    $log = dotnet build $server -c Release --nologo -v quiet 2>&1
    if ($LASTEXITCODE -ne 0) {
        $log | Write-Host
        exit 1
    }
    (New-Item $stamp -ItemType File -Force).LastWriteTimeUtc = $started
}

$words = if ($args.Count -eq 0) { 'serve', '--sandbox' } else { $args }
dotnet $dll @words
exit $LASTEXITCODE
