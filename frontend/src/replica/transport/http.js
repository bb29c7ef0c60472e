// Requests and the stream. Every failure is a value: what decides whether the server is there is its answer.

const PATIENCE_MS = 30_000;
const SILENCE_MS = 40_000;
// A stream that gets through says so at once.
const FIRST_WORD_MS = 10_000;

// Resolves to [status, body]; status 0 when there was no answer, or one that is not from our server.
export async function request(method, url, body) {
  // As long as something comes, a slow link is waited for.
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), PATIENCE_MS);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), PATIENCE_MS);
  };
  try {
    const response = await fetch(url, {
      method,
      body: body ?? undefined,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: silence.signal,
    });
    heard();
    const type = response.headers.get("content-type") ?? "";
    // A captive portal answers 200 with a page of its own.
    if (!/json/.test(type)) return [0, ""];
    return [response.status, await textOf(response, heard)];
  } catch {
    return [0, ""];
  } finally {
    clearTimeout(timer);
  }
}

async function textOf(response, heard) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    heard();
    text += decoder.decode(value, { stream: true });
  }
}

// Follows the stream until it fails, ends, or falls silent; `onEnd` is called once then. Returns what closes it.
export function follow(url, onEvents, onAlive, onEnd) {
  const source = new EventSource(url);
  let timer;
  const close = () => {
    clearTimeout(timer);
    source.close();
  };
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    close();
    onEnd();
  };
  const wait = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(end, ms);
  };
  const heard = () => wait(SILENCE_MS);
  source.onerror = end;
  source.addEventListener("events", (event) => (heard(), onEvents(event.data)));
  source.addEventListener("heartbeat", (event) => (heard(), onAlive(event.data)));
  source.addEventListener("end", end);
  wait(FIRST_WORD_MS);
  return () => {
    open = false;
    close();
  };
}

// Calls back when there is a reason to think that the server can be reached again.
export function onReturn(callback) {
  addEventListener("online", () => callback());
  addEventListener("pageshow", () => callback());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && callback());
}
