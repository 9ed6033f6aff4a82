/** Why an upload did not happen; `code` is worded by the caller. */
export class UploadError extends Error {
  constructor(
    readonly code: "TOO_LARGE" | "UNAUTHENTICATED" | "OFFLINE" | "REFUSED",
    message = "",
    /** The server's own word for it. */
    readonly reason?: string,
  ) {
    super(message);
  }
}

type Answer = { id?: string; message?: string; errors?: { extensions?: { code?: string } }[] };

/** Sends one file of a company to `POST /files` and tells how far it is (0…1). Answers the id of the stored file. */
export function uploadFile(
  companyId: string,
  file: File,
  progress: (done: number) => void,
  signal?: AbortSignal,
  purpose: "import" | "media" = "import",
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/files?companyId=${encodeURIComponent(companyId)}&purpose=${purpose}`);
    request.setRequestHeader("X-X8-Client", "web");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    };
    request.onerror = () => reject(new UploadError("OFFLINE"));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    request.onload = () => {
      let answer: Answer = {};
      try {
        answer = JSON.parse(request.responseText) as Answer;
      } catch {
        // A proxy answered, not our server.
      }
      if (request.status < 300 && answer.id) resolve(answer.id);
      else if (request.status === 413) reject(new UploadError("TOO_LARGE"));
      else if (request.status === 401) reject(new UploadError("UNAUTHENTICATED"));
      else reject(new UploadError("REFUSED", answer.message, answer.errors?.[0]?.extensions?.code));
    };
    signal?.addEventListener("abort", () => request.abort());
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
}
