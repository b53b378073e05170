// Puts one hook payload into FluxMirror's spool:  node shim.mjs KIND EVENT < payload
//
// What shim.sh does, for machines without a POSIX shell; the promises are told there. Node >= 18.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const MAX_FILES = 200_000;
const MAX_BYTES = 2 ** 30;
const LONGEST = 4096;
const BLOCK = 4096;
const MAGIC = "fluxmirror-spool/1";
const ENDS_A_TURN = ["Stop", "SessionEnd", "AfterAgent", "agentStop", "sessionEnd"];
// Only these variables, ever: the rest of the environment may hold API keys.
const EVIDENCE = [
  "CLAUDE_PROJECT_DIR",
  "GEMINI_PROJECT_DIR",
  "QWEN_PROJECT_DIR",
  "COPILOT_PROJECT_DIR",
  "QWEN_CODE_NO_RELAUNCH",
  "AI_AGENT",
  "QWEN_CODE_STARTUP_VERSION",
  "COPILOT_CLI_BINARY_VERSION",
  "FLUXMIRROR_SKIP_SELF",
  "FLUXMIRROR_SELF_REPO",
];

function findPlaces(env, platform) {
  const data = env.FLUXMIRROR_HOME || systemData(env, platform);
  const spool = env.FLUXMIRROR_DB ? `${env.FLUXMIRROR_DB}.spool` : `${data}/spool`;
  return { data, spool };
}

function systemData(env, platform) {
  const home = env.HOME || env.USERPROFILE || "/tmp";
  if (platform === "darwin") return `${home}/Library/Application Support/fluxmirror`;
  if (platform === "win32") return `${env.APPDATA || `${home}/AppData/Roaming`}/fluxmirror`;
  const xdg = env.XDG_DATA_HOME ?? "";
  return `${xdg.startsWith("/") ? xdg : `${home}/.local/share`}/fluxmirror`;
}

function header(name, words, env) {
  const facts = EVIDENCE.filter((key) => key in env).map((key) => `${key}=${env[key]}`);
  const told = [words.filter(fits).join(" "), ...facts.filter(fits)];
  return `${[MAGIC, name, ...told].join("\t")}\n`;
}

function fits(told) {
  // eslint-disable-next-line no-control-regex
  return !/[\x00-\x1f\x7f]/.test(told) && Buffer.byteLength(told) <= LONGEST;
}

function create(directory) {
  const stem = randomUUID();
  for (let attempt = 0, name = stem; ; ) {
    try {
      return { name, file: fs.openSync(path.join(directory, name), "wx", 0o600) };
    } catch (error) {
      if (error.code === "EEXIST") name = `${stem}.${++attempt}`;
      else if (error.code === "ENOENT") make(directory);
      else throw error;
    }
  }
}

// Not `recursive: true`: that never returns where nothing can be made, as below /proc.
function make(directory) {
  const parent = path.dirname(directory);
  if (parent !== directory && !fs.existsSync(parent)) make(parent);
  try {
    fs.mkdirSync(directory, 0o700);
  } catch (error) {
    if (error.code !== "EEXIST" || !fs.statSync(directory).isDirectory()) throw error;
  }
}

function write(file, bytes) {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(file, bytes, done);
}

// Chunk by chunk: a payload may have 50 MB. Reads to the end even when a write failed.
async function record(spool, words) {
  const { name, file } = create(path.join(spool, "new"));
  let failure = attempt(() => write(file, Buffer.from(header(name, words, process.env))));
  for await (const chunk of process.stdin) failure ??= attempt(() => write(file, chunk));
  if (!failure) write(file, Buffer.from(`\n${MAGIC}\t${name}\n`));
  if (name.endsWith("00")) detach(process.execPath, [process.argv[1], "--measure", spool]);
}

function attempt(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
}

// The agent's write must not break because ours did.
async function swallow() {
  for await (const chunk of process.stdin) void chunk;
}

// Marks the spool full when it is; in a process of its own, for one event in 256.
function measure(spool) {
  const directory = path.join(spool, "new");
  const names = fs.readdirSync(directory);
  let used = 0;
  for (const name of names) {
    const { size } = fs.statSync(path.join(directory, name), { throwIfNoEntry: false }) ?? { size: 0 };
    used += Math.ceil(size / BLOCK) * BLOCK;
  }
  if (names.length > MAX_FILES || used > MAX_BYTES) fs.closeSync(fs.openSync(`${spool}/full`, "a", 0o600));
}

function startDrain(data) {
  let program = "fluxmirror";
  try {
    const told = fs.readFileSync(`${data}/program`, "utf8").split(/\r?\n/, 1)[0];
    fs.accessSync(told, fs.constants.X_OK);
    program = told;
  } catch {
    // not recorded, or gone since: PATH knows, or nobody does
  }
  detach(program, ["drain", "--quiet"]);
}

function detach(program, words) {
  const child = spawn(program, words, { detached: true, stdio: "ignore", windowsHide: true });
  child.on("error", () => {});
  child.unref();
}

async function main([kind = "", event = ""]) {
  process.umask(0o077);
  if (kind === "--measure") return measure(event);
  const { data, spool } = findPlaces(process.env, process.platform);
  try {
    if (fs.existsSync(`${spool}/full`)) {
      fs.appendFileSync(`${spool}/refused`, ".", { mode: 0o600 });
      await swallow();
    } else {
      await record(spool, event ? [kind, event] : [kind]);
    }
  } catch {
    await swallow();
  }
  if (ENDS_A_TURN.includes(event)) startDrain(data);
}

process.on("uncaughtException", () => process.exit(0));
main(process.argv.slice(2)).then(
  () => process.exit(0),
  () => process.exit(0),
);
