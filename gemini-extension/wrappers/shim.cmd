@echo off
rem Puts one hook payload into FluxMirror's spool:  shim.cmd KIND EVENT < payload
rem
rem What shim.sh does, for Windows without a POSIX shell: by Node where it is installed, else by
rem the PowerShell below, which is read out of this file. Exit 0 whatever happens.

setlocal
where node >nul 2>nul && (node "%~dp0shim.mjs" %* >nul 2>nul & exit /b 0)
set "FLUXMIRROR_SHIM=%~f0"
set "FLUXMIRROR_KIND=%~1"
set "FLUXMIRROR_EVENT=%~2"
powershell -NoProfile -NonInteractive -InputFormat None -ExecutionPolicy Bypass -Command "$t = [IO.File]::ReadAllText($env:FLUXMIRROR_SHIM); Invoke-Expression $t.Substring($t.IndexOf('#' + 'PS#'))" >nul 2>nul
exit /b 0

#PS#
$ErrorActionPreference = 'Stop'
$magic = 'fluxmirror-spool/1'
$tab = [string][char]9
$lf = [string][char]10
# Only these variables, ever: the rest of the environment may hold API keys.
$evidence = 'CLAUDE_PROJECT_DIR', 'GEMINI_PROJECT_DIR', 'QWEN_PROJECT_DIR', 'COPILOT_PROJECT_DIR',
    'QWEN_CODE_NO_RELAUNCH', 'AI_AGENT', 'QWEN_CODE_STARTUP_VERSION',
    'COPILOT_CLI_BINARY_VERSION', 'FLUXMIRROR_SKIP_SELF', 'FLUXMIRROR_SELF_REPO'
$utf8 = New-Object Text.UTF8Encoding($false)

function Test-Fits([string]$told) {
    $told -notmatch '[\x00-\x1f\x7f]' -and $utf8.GetByteCount($told) -le 4096
}

function Get-Data {
    if ($env:FLUXMIRROR_HOME) { return $env:FLUXMIRROR_HOME }
    if ($env:APPDATA) { return "$env:APPDATA\fluxmirror" }
    $base = if ($env:HOME) { $env:HOME } elseif ($env:USERPROFILE) { $env:USERPROFILE } else { '/tmp' }
    return "$base\AppData\Roaming\fluxmirror"
}

function Get-Header([string]$name) {
    $words = @($env:FLUXMIRROR_KIND, $env:FLUXMIRROR_EVENT | Where-Object { $_ -and (Test-Fits $_) })
    $facts = @(foreach ($key in $evidence) {
        $value = [Environment]::GetEnvironmentVariable($key)
        if ($null -ne $value -and (Test-Fits "$key=$value")) { "$key=$value" }
    })
    return (@($magic, $name, ($words -join ' ')) + $facts) -join $tab
}

function Write-Text($file, [string]$text) {
    $bytes = $utf8.GetBytes($text)
    $file.Write($bytes, 0, $bytes.Length)
}

try {
    $stdin = [Console]::OpenStandardInput()
    $data = Get-Data
    $spool = if ($env:FLUXMIRROR_DB) { "$env:FLUXMIRROR_DB.spool" } else { "$data\spool" }
    if (Test-Path -LiteralPath "$spool\full") {
        [IO.File]::AppendAllText("$spool\refused", '.')
        $stdin.CopyTo([IO.Stream]::Null)
    } else {
        $null = [IO.Directory]::CreateDirectory("$spool\new")
        $name = [guid]::NewGuid().ToString()
        $file = New-Object IO.FileStream("$spool\new\$name", [IO.FileMode]::CreateNew, [IO.FileAccess]::Write)
        try {
            Write-Text $file ((Get-Header $name) + $lf)
            $stdin.CopyTo($file)
            Write-Text $file ($lf + $magic + $tab + $name + $lf)
        } finally {
            $file.Dispose()
        }
    }
} catch {
    try { $stdin.CopyTo([IO.Stream]::Null) } catch { }
}

try {
    if ('Stop', 'SessionEnd', 'AfterAgent', 'agentStop', 'sessionEnd' -ccontains $env:FLUXMIRROR_EVENT) {
        $program = 'fluxmirror'
        if (Test-Path -LiteralPath "$data\program") {
            $told = [IO.File]::ReadAllLines("$data\program")[0]
            if (Test-Path -LiteralPath $told) { $program = $told }
        }
        Start-Process -FilePath $program -ArgumentList 'drain', '--quiet' -WindowStyle Hidden
    }
} catch { }
