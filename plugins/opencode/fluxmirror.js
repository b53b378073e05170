// Records what OpenCode does: a plugin module that writes FluxMirror's spool files itself.
//
// The promises of shim.sh hold here too, but inside OpenCode's own process: nothing is thrown,
// nothing is printed, nothing is waited for but one small write. Runs in bun and in Node >= 18.
// FluxMirror's docs/reference/spool.md has the format.

import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const MAX_FILES = 200_000;
const MAX_BYTES = 2 ** 30;
const LONGEST = 4096;
const BLOCK = 4096;
const DEEPEST = 100;
const MOST = 200_000;
const REMEMBERED = 10_000;
const MAGIC = "fluxmirror-spool/1";
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
// Recorded as they are; nothing of catalogs, of files being watched, of what a session is called.
const SESSION_EVENTS = new Set([
  "session.created",
  "session.idle",
  "session.error",
  "session.compacted",
  "session.deleted",
]);

// What is known of sessions, messages and calls

// Forgets the oldest: OpenCode may run for weeks.
class Memory extends Map {
  set(key, value) {
    if (this.size >= REMEMBERED && !this.has(key)) this.delete(this.keys().next().value);
    return super.set(key, value);
  }
}

// Session → its parent, its agent and its model, each where it was told.
const sessions = new Memory();
// Answers that this process saw begin → their model. A fork writes a session's messages anew, and
// what they tell has been told.
const answers = new Memory();
// Call → its tool, and by what it was told last: "before" and "after" are callbacks, "end" the bus.
const calls = new Memory();
// Permission that was asked for → what for.
const requests = new Memory();

function learnSession(session, facts) {
  if (!session) return;
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  sessions.set(session, { ...sessions.get(session), ...Object.fromEntries(known) });
}

function learnFromBus({ type, properties }) {
  const info = properties?.info;
  if (!info) return;
  if (type === "session.created" || type === "session.updated") {
    learnSession(info.id, { parent: info.parentID, agent: info.agent, model: info.model?.id });
  } else if (type === "message.updated" && info.role === "assistant" && !info.time?.completed) {
    answers.set(info.id, info.modelID);
  }
}

// A subagent that goes on where it ended is not created again; a model may name any session.
function learnResumed(session, parent) {
  if (session !== parent && session !== rootOf(parent)) learnSession(session, { parent });
}

// The session of the whole; a subagent may have subagents of its own.
function rootOf(session) {
  let root = sessions.get(session)?.parent;
  for (let depth = 0; depth < DEEPEST; depth++) root = sessions.get(root)?.parent ?? root;
  return root;
}

function callKey(call) {
  return `${call?.sessionID} ${call?.callID}`;
}

function learnCall(call, told) {
  calls.set(callKey(call), { tool: call?.tool, told });
}

function sessionOf({ properties }) {
  return properties?.sessionID ?? properties?.info?.id;
}

// What is recorded

function before(input, output) {
  const args = output?.args;
  learnCall(input, "before");
  if (input?.tool === "task") learnResumed(args?.task_id, input.sessionID);
  return { input, output: { args } };
}

function after(input, output) {
  learnCall(input, "after");
  // Whole files before and after, images: what the tool did is in the rest.
  const { attachments: _, metadata, ...told } = output ?? {};
  return { input, output: { ...told, metadata: plain(metadata, LONGEST) } };
}

function prompt(input, output) {
  const { message, parts } = output ?? {};
  learnSession(input?.sessionID, { agent: message?.agent, model: message?.model?.modelID });
  const told = Array.isArray(parts) ? parts.map(promptPart) : parts;
  return { input, output: { message: plain(message, LONGEST), parts: told } };
}

// A file's part holds the file.
function promptPart(part) {
  return part?.type === "text" && !part.synthetic ? part : plain(part, LONGEST);
}

function compacting(input) {
  return { input };
}

// Gives what is recorded of an event of the bus, or nothing.
function busEvent(event) {
  learnFromBus(event);
  if (event.type === "message.part.updated") return partUpdated(event);
  if (event.type === "permission.asked") return permissionAsked(event);
  if (event.type === "permission.replied") return permissionReplied(event);
  return SESSION_EVENTS.has(event.type) ? { event } : undefined;
}

// No deltas, no texts: tokens and cost of an answer, and how its calls ended.
function partUpdated(event) {
  const part = event.properties?.part;
  if (!answers.has(part?.messageID)) return undefined;
  if (part.type === "step-finish") return { event, model: answers.get(part.messageID) };
  const told = part.type === "tool" ? endOfCall(part) : undefined;
  return told && { event: { ...event, properties: { ...event.properties, part: told } } };
}

// Once for each call: this alone tells of failures, and when the tool itself began and ended.
function endOfCall(part) {
  const { status, input, output, error, time, metadata } = part.state ?? {};
  const told = calls.get(callKey(part))?.told;
  if ((status !== "completed" && status !== "error") || told === "end") return undefined;
  learnCall(part, "end");
  const state = { status, error, time, metadata: plain(metadata, LONGEST) };
  if (!told) state.input = input;
  if (told !== "after") state.output = output;
  return { ...part, state };
}

function permissionAsked(event) {
  const { id, sessionID, tool } = event.properties ?? {};
  const asked = plain(event.properties, LONGEST);
  requests.set(id, asked);
  const call = calls.get(callKey({ sessionID, callID: tool?.callID }));
  return { event: { ...event, properties: asked }, tool: call?.tool };
}

// The reply names nothing but the request.
function permissionReplied(event) {
  const asked = requests.get(event.properties?.requestID);
  const call = asked && calls.get(callKey({ ...asked, callID: asked.tool?.callID }));
  return { event, asked, tool: call?.tool };
}

// A subagent's end is no end of a turn.
function endsTurn(event) {
  if (event.type === "session.deleted") return true;
  return event.type === "session.idle" && !sessions.get(sessionOf(event))?.parent;
}

// Gives what JSON can hold of `value`, up to a size no honest tool needs: a tool of another plugin
// may return anything, its own connections included. Strings longer than `limit` are left out.
function plain(value, limit = Infinity, above = [], budget = { left: MOST }) {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return value.length <= limit ? value : undefined;
  if (typeof value !== "object" || value === null) return value;
  if (above.length > DEEPEST || above.includes(value) || ArrayBuffer.isView(value)) return undefined;
  if (budget.left-- <= 0) return undefined;
  const inside = [...above, value];
  try {
    if (typeof value.toJSON === "function") return plain(value.toJSON(), limit, inside, budget);
    const copy = Array.isArray(value) ? [] : Object.create(null);
    for (const key of Object.keys(value)) copy[key] = plain(member(value, key), limit, inside, budget);
    return copy;
  } catch {
    return undefined;
  }
}

// A getter may throw.
function member(value, key) {
  try {
    return value[key];
  } catch {
    return undefined;
  }
}

// The spool

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

function put(spool, words, payload) {
  if (fs.existsSync(`${spool}/full`)) {
    fs.appendFileSync(`${spool}/refused`, ".", { mode: 0o600 });
    return;
  }
  const { name, file } = create(path.join(spool, "new"));
  try {
    write(file, Buffer.from(`${header(name, words, process.env)}${payload}\n${MAGIC}\t${name}\n`));
  } finally {
    fs.closeSync(file);
  }
  if (name.endsWith("00")) measure(spool).catch(() => {});
}

function header(name, words, env) {
  const facts = EVIDENCE.filter((key) => key in env).map((key) => `${key}=${env[key]}`);
  return `${[MAGIC, name, words, ...facts.filter(fits)].join("\t")}\n`;
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

// Marks the spool full when it is; for one event in 256, while OpenCode goes on.
async function measure(spool) {
  const directory = path.join(spool, "new");
  const names = await fs.promises.readdir(directory);
  let full = names.length > MAX_FILES;
  for (let used = 0, at = 0; !full && at < names.length; at++) {
    const { size } = await fs.promises.stat(path.join(directory, names[at])).catch(() => ({ size: 0 }));
    used += Math.ceil(size / BLOCK) * BLOCK;
    full = used > MAX_BYTES;
  }
  if (full) fs.closeSync(fs.openSync(`${spool}/full`, "a", 0o600));
}

// The program

function startDrain() {
  if (!undrained) return;
  undrained = false;
  let program = "fluxmirror";
  try {
    const told = fs.readFileSync(`${places.data}/program`, "utf8").split(/\r?\n/, 1)[0];
    fs.accessSync(told, fs.constants.X_OK);
    program = told;
  } catch {
    // not recorded, or gone since: PATH knows, or nobody does
  }
  const options = { detached: true, stdio: "ignore", windowsHide: true };
  const child = spawn(program, ["drain", "--quiet"], options);
  child.on("error", () => {});
  child.unref();
}

// The plugin

function quietly(action) {
  try {
    action();
  } catch {
    // an event that cannot be recorded is no reason to disturb anybody
  }
}

const places = findPlaces(process.env, process.platform);
let undrained = false;
process.on("exit", () => quietly(startDrain));

// No default export, no second one: OpenCode calls everything a module exports.
export const FluxMirror = async (instance) => {
  const directory = instance?.directory;

  function record(kind, event, session, told) {
    const message = { kind, directory, ...sessions.get(session), parent: rootOf(session), ...told };
    undrained = true;
    put(places.spool, `opencode ${event}`, JSON.stringify(plain(message)));
  }

  const callback = (kind, tell) => async (input, output) =>
    quietly(() => {
      const told = tell(input, output);
      record(kind, kind, input?.sessionID, told);
    });

  return {
    "tool.execute.before": callback("tool.execute.before", before),
    "tool.execute.after": callback("tool.execute.after", after),
    "chat.message": callback("chat.message", prompt),
    "experimental.session.compacting": callback("experimental.session.compacting", compacting),
    event: async (input) =>
      quietly(() => {
        const { event } = input;
        const told = busEvent(event);
        if (told) record("event", event.type, sessionOf(event), told);
        if (endsTurn(event)) startDrain();
      }),
    dispose: async () => quietly(startDrain),
  };
};
