// The way to Python: one message at a time, the newest of each lane; a stuck worker is replaced.

// Lanes in the order in which they are served. In those that are replaced only the newest counts.
const LANES = ["ask", "drag", "judge", "look", "mark"];
const REPLACED = new Set(LANES.slice(1));
const PATIENCE = 12_000;
const STARTING = 90_000;

/**
 * @param makeWorker makes a worker that speaks as worker.js does
 * @param onState called with "starting", "ready", "stopped" (it is started anew), or "failed"
 */
export function lanes(makeWorker, onState, patience = PATIENCE) {
  const waiting = new Map(LANES.map((lane) => [lane, []]));
  let worker = null;
  let ready = false;
  let running = null;
  let timer = 0;
  let numbers = 0;

  function start() {
    worker = makeWorker();
    ready = false;
    timer = setTimeout(() => fail("Python did not start in time."), STARTING);
    worker.addEventListener("message", ({ data }) => {
      if (data.ready) {
        clearTimeout(timer);
        ready = true;
        onState("ready");
        next();
      } else if (data.failed) fail(data.failed);
      else if (running?.id !== data.id) return;
      else if (data.ended) replace();
      else finish(data.answer);
    });
    worker.addEventListener("error", (event) => fail(event.message ?? "The worker could not be loaded."));
  }

  function fail(reason) {
    clearTimeout(timer);
    worker.terminate();
    onState("failed", reason);
  }

  function finish(answer) {
    clearTimeout(timer);
    const { done } = running;
    running = null;
    done(answer);
    next();
  }

  function next() {
    if (!ready || running) return;
    const lane = LANES.find((name) => waiting.get(name).length);
    if (!lane) return;
    running = waiting.get(lane).shift();
    timer = setTimeout(replace, patience);
    worker.postMessage({ id: running.id, message: running.message });
  }

  // What takes too long is ended with its worker; the others wait for the new one.
  function replace() {
    clearTimeout(timer);
    const { done, lane } = running;
    running = null;
    worker.terminate();
    onState("stopped", lane);
    done(null);
    start();
  }

  onState("starting");
  start();
  return {
    /** The answer to a message, or null where a newer one has taken its place or it took too long. */
    send(lane, message) {
      return new Promise((done) => {
        const queue = waiting.get(lane);
        if (REPLACED.has(lane)) {
          for (const older of queue.splice(0)) older.done(null);
        }
        numbers += 1;
        queue.push({ id: numbers, lane, message: JSON.stringify(message), done });
        next();
      });
    },
    isReady: () => ready,
  };
}
