// Requests and the stream. Every failure is a value: what decides whether the server is there is its answer.

const PATIENCE_MS = 30_000;
// Nothing is heard while something large is sent.
const LARGE_PATIENCE_MS = 600_000;
const SILENCE_MS = 40_000;
// A stream that gets through says so at once.
const FIRST_WORD_MS = 10_000;

// An answer that is read piece by piece. As long as something comes, a slow link is waited for.
class Answer {
  constructor(patience) {
    this.patience = patience;
    // 0 when there was no answer, or one that is not from our server.
    this.status = 0;
    this.silence = new AbortController();
    this.heard();
  }

  heard() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.silence.abort(), this.patience);
  }

  async ask(method, url, body, type = "application/json") {
    const response = await fetch(url, {
      method,
      body: body ?? undefined,
      headers: body === undefined ? {} : { "content-type": type },
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: this.silence.signal,
    });
    this.heard();
    const given = response.headers.get("content-type") ?? "";
    const isEmpty = response.status === 204;
    // A captive portal answers 200 with a page of its own, or 204 to a question of its own.
    if (isEmpty ? method === "GET" : !/json/.test(given)) return this.close();
    this.reader = (response.body ?? new Blob().stream()).getReader();
    this.status = response.status;
  }

  // Resolves to the bytes that came next; to nothing at the end, and to null where the answer broke off.
  async next() {
    try {
      this.heard();
      const { done, value } = await this.reader.read();
      if (!done) return value;
      clearTimeout(this.timer);
    } catch {
      this.close();
      return null;
    }
  }

  // Whoever reads no further says so, or the rest would go on coming.
  close() {
    clearTimeout(this.timer);
    this.silence.abort();
  }
}

// Resolves to the beginning of an answer.
export async function ask(method, url, body, type) {
  const answer = new Answer(body instanceof Blob ? LARGE_PATIENCE_MS : PATIENCE_MS);
  try {
    await answer.ask(method, url, body, type);
  } catch {
    answer.close();
  }
  return answer;
}

// Resolves to [status, body]; status 0 when there was no whole answer.
export async function request(method, url, body) {
  return whole(await ask(method, url, body));
}

// As `request`, for something large of a type of its own.
export async function send(url, type, body) {
  return whole(await ask("POST", url, body, type));
}

async function whole(answer) {
  if (answer.status === 0) return [0, ""];
  const text = await textOf(answer);
  return text === null ? [0, ""] : [answer.status, text];
}

// Resolves to what is left of an answer; to null where it breaks off.
export async function textOf(answer) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const bytes = await answer.next();
    if (bytes === null) return null;
    if (bytes === undefined) return text + decoder.decode();
    text += decoder.decode(bytes, { stream: true });
  }
}

// Follows the stream until it fails, ends, or falls silent; `onEnd` is called once then. Returns what closes it.
export function follow(url, onEvents, onAlive, onPresence, onEnd) {
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
  source.addEventListener("presence", (event) => (heard(), onPresence(event.data)));
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
