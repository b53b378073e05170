# Dot-sourced by scripts/test.ps1 and scripts/try.ps1 with $Root set to the checkout.
# Leaves $Python (3.11 or newer) and $Uv (the one on PATH, else one of our own below .uv\).

function Stop-With([string] $Sentence) {
    [Console]::Error.WriteLine($Sentence)
    exit 1
}

function Assert-Success([string] $Sentence) {
    if ($LASTEXITCODE -ne 0) { Stop-With $Sentence }
}

function Find-Python {
    $probe = 'import sys; print(sys.executable) if sys.version_info >= (3, 11) else sys.exit(1)'
    foreach ($words in @('py', '-3'), @('python3'), @('python')) {
        $found = Get-Command $words[0] -CommandType Application -ErrorAction SilentlyContinue
        if (-not $found) { continue }
        $options = @($words | Select-Object -Skip 1) + @('-c', $probe)
        $path = & $words[0] @options 2>$null
        if ($LASTEXITCODE -eq 0 -and $path) { return $path }
    }
    Stop-With 'Python 3.11 or newer is needed and none is on PATH: install one and run this again.'
}

function Find-Uv {
    if (Get-Command uv -CommandType Application -ErrorAction SilentlyContinue) { return 'uv' }
    $tool = Join-Path $Root '.uv\tool'
    $own = Join-Path $tool 'Scripts\uv.exe'
    if (-not (Test-Path $own)) {
        & $Python -m venv --clear $tool | Out-Null
        Assert-Success "$Python cannot make environments: install uv, or a Python with venv."
        & (Join-Path $tool 'Scripts\python.exe') -m pip install --quiet --disable-pip-version-check uv | Out-Null
        Assert-Success "uv could not be installed into ${tool}: is a package index within reach?"
    }
    $env:PATH = (Join-Path $tool 'Scripts') + ';' + $env:PATH # nox calls it by name
    return $own
}

$Python = Find-Python
# An activated environment is somebody's own; everything here has its place below .uv\ and .nox\.
Remove-Item Env:VIRTUAL_ENV, Env:UV_PYTHON -ErrorAction SilentlyContinue
$Uv = Find-Uv
