# Checks everything, as CI does; the twin of scripts/test for Windows.
# Arguments go to nox: `scripts\test.ps1 -s lint`.
$Root = Split-Path -Parent $PSScriptRoot
. (Join-Path $PSScriptRoot 'uv.ps1')
Push-Location $Root
try {
    $env:UV_PROJECT_ENVIRONMENT = Join-Path $Root '.uv\nox'
    & $Uv sync --quiet --frozen --only-group nox --python $Python
    Assert-Success 'The environment of nox could not be made.'
    $nox = Join-Path $env:UV_PROJECT_ENVIRONMENT 'Scripts\python.exe'
    Remove-Item Env:UV_PROJECT_ENVIRONMENT
    & $nox -m nox @args
    exit $LASTEXITCODE
} finally {
    Pop-Location
}
