# Shows what FluxMirror does, on recorded events of real agents, in a throw-away directory;
# the twin of scripts/try for Windows.
$Root = Split-Path -Parent $PSScriptRoot
. (Join-Path $PSScriptRoot 'uv.ps1')

$kept = @{}
foreach ($name in 'FLUXMIRROR_HOME', 'FLUXMIRROR_DB', 'FLUXMIRROR_SKIP_SELF', 'FLUXMIRROR_SELF_REPO', 'UV_PROJECT_ENVIRONMENT') {
    $kept[$name] = [Environment]::GetEnvironmentVariable($name)
}
Push-Location $Root
try {
    Write-Output 'Preparing FluxMirror (half a minute the first time) ...'
    $env:UV_PROJECT_ENVIRONMENT = Join-Path $Root '.uv\try'
    & $Uv sync --quiet --frozen --no-default-groups --package fluxmirror --python $Python
    Assert-Success 'The environment of FluxMirror could not be made.'
    $programs = Join-Path $env:UV_PROJECT_ENVIRONMENT 'Scripts'
    $fluxmirror = Join-Path $programs 'fluxmirror.exe'

    # FLUXMIRROR_DB would win over the throw-away directory.
    Remove-Item Env:FLUXMIRROR_DB, Env:FLUXMIRROR_SKIP_SELF, Env:FLUXMIRROR_SELF_REPO -ErrorAction SilentlyContinue
    $env:FLUXMIRROR_HOME = Join-Path ([IO.Path]::GetTempPath()) ('fluxmirror-try.' + [Guid]::NewGuid().ToString('N'))

    if (Get-Command node -CommandType Application -ErrorAction SilentlyContinue) {
        Write-Output 'Feeding recorded hook payloads through wrappers\shim.mjs ...'
        $hook = @('node', (Join-Path $Root 'wrappers\shim.mjs'), '{kind}', '{event}')
    } else {
        Write-Output 'Feeding recorded hook payloads through fluxmirror hook ...'
        $hook = @($fluxmirror, 'hook', '--kind', '{kind}', '--event', '{event}')
    }
    & (Join-Path $programs 'python.exe') (Join-Path $PSScriptRoot 'feed_payloads.py') @hook
    Assert-Success 'A hook failed, which none may.'
    & $fluxmirror drain
    Write-Output ''
    & $fluxmirror today
    Write-Output @"

The database is  $env:FLUXMIRROR_HOME\events.db
It is throw-away; remove it with:  Remove-Item -Recurse '$env:FLUXMIRROR_HOME'

On your own machine:
  pipx install fluxmirror
  fluxmirror install   have it record what your agents do
  fluxmirror today     what your agents did today
  fluxmirror doctor    whether everything they do is recorded
  fluxmirror demo      a made-up fortnight, to look around in
"@
} finally {
    Pop-Location
    foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) }
}
