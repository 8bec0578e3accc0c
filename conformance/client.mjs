// One HTTP request at a time, as it was asked for: no redirects followed, no header added that a check did not name.
// `fetch` would not do: it sets `Sec-Fetch-*` itself and hides what a server says before a body was taken.

import { request as plain } from "node:http";
import { request as secure } from "node:https";

const PATIENCE_MS = 90_000;
const MOST_ANSWER_BYTES = 1 << 20;

/**
 * Sends a request and gives `{ status, headers, text, json }`; `json` is undefined when the answer is none. `body` is
 * text or bytes, anything else is sent as JSON. Rejects when the connection gave no answer.
 */
export function exchange(url, { method = "POST", headers = {}, body } = {}) {
  const bytes = body === undefined ? Buffer.alloc(0) : encode(body);
  const lengths = method === "GET" ? {} : { "content-length": bytes.length };
  return new Promise((done, failed) => {
    const send = new URL(url).protocol === "https:" ? secure : plain;
    const sent = send(url, { method, headers: { ...lengths, ...headers }, agent: false, timeout: PATIENCE_MS });
    let answered = false;
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${PATIENCE_MS / 1000} s`)));
    // A server that refuses a long body may close before it has taken all of it: what it said counts.
    sent.on("error", (error) => answered || failed(error));
    sent.on("response", (response) => {
      answered = true;
      const chunks = [];
      let length = 0;
      const finish = () => done(answer(response, Buffer.concat(chunks)));
      response.on("data", (chunk) => {
        length += chunk.length;
        if (length <= MOST_ANSWER_BYTES) chunks.push(chunk);
      });
      response.on("end", finish);
      response.on("error", finish);
    });
    sent.end(bytes);
  });
}

function encode(body) {
  if (Buffer.isBuffer(body)) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}

function answer({ statusCode, headers }, bytes) {
  const text = bytes.toString("utf8");
  let json;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: statusCode, headers, text, json };
}
