import { useRef, useState } from "react";
import { refusalOf } from "@/entities/media/media";
import { UploadError, uploadFile } from "@/shared/lib/upload";

export type Sending = {
  key: number;
  name: string;
  size: number;
  done: number;
  /** Why it was not taken. */
  reason?: string;
  stop: AbortController;
};

/** So many files are on their way at once; the others wait. */
const AT_ONCE = 3;

/** Sends files side by side, each with its progress. What was not taken stays in the list with the reason. */
export function useUploads(companyId: string, onArrived: () => void) {
  const [list, setList] = useState<Sending[]>([]);
  const next = useRef(0);
  const waiting = useRef<{ key: number; file: File; stop: AbortController }[]>([]);
  const running = useRef(0);
  const arrived = useRef(onArrived);
  arrived.current = onArrived;

  const change = (key: number, part: Partial<Sending>) =>
    setList((before) => before.map((one) => (one.key === key ? { ...one, ...part } : one)));
  const drop = (key: number) => setList((before) => before.filter((one) => one.key !== key));

  async function send({ key, file, stop }: { key: number; file: File; stop: AbortController }) {
    running.current += 1;
    try {
      if (stop.signal.aborted) return;
      await uploadFile(companyId, file, (done) => change(key, { done }), stop.signal, "media");
      drop(key);
      arrived.current();
    } catch (fault) {
      if (fault instanceof UploadError)
        change(key, { reason: fault.code === "REFUSED" ? (fault.reason ?? "INTERNAL") : fault.code });
      else drop(key);
    } finally {
      running.current -= 1;
      begin();
    }
  }

  function begin() {
    while (running.current < AT_ONCE) {
      const one = waiting.current.shift();
      if (!one) return;
      void send(one);
    }
  }

  function take(files: Iterable<File>) {
    for (const file of files) {
      const key = next.current++;
      const stop = new AbortController();
      const reason = refusalOf(file);
      setList((before) => [...before, { key, name: file.name, size: file.size, done: 0, reason, stop }]);
      if (!reason) waiting.current.push({ key, file, stop });
    }
    begin();
  }

  function dismiss(sending: Sending) {
    sending.stop.abort();
    drop(sending.key);
  }

  return { list, take, dismiss };
}
