// What a person reads of a run.

const SIGN = { passed: "✓", failed: "✗", skipped: "–" };

/** One line for a check, and beneath one that failed what was sent, what came, and the sentence of the contract. */
export function lines({ name, level, contract, outcome, message, exchanges = [] }) {
  const head = `${SIGN[outcome]} ${name}${level === "required" ? "" : ` (${level})`}`;
  if (outcome === "passed") return head;
  if (outcome === "skipped") return `${head}: skipped, ${message}`;
  const block = [`contract  ${contract}`, `found     ${message}`, ...exchanges.flatMap(told)];
  return [head, ...block.map((line) => `    ${line}`)].join("\n");
}

function told({ method, url, headers, body, answer }) {
  const list = Object.entries(headers).map(([name, value]) => `${name}: ${secretly(name, value)}`);
  const sent = [`sent      ${method} ${url}`, ...list.map((header) => `          ${header}`)];
  if (body) sent.push(`          ${short(body)}`);
  if (!answer) return [...sent, "came      nothing"];
  const wait = answer.headers["retry-after"];
  return [...sent, `came      ${answer.status}${wait ? `, retry-after: ${wait}` : ""} ${short(answer.text)}`];
}

const secretly = (name, value) => (name === "authorization" ? "***" : value);

const short = (text) => text.replace(/\s+/g, " ").slice(0, 400);

/** The last lines of a run. */
export function summary({ endpoint, passed, failed, advisedFailed, skipped, ok }) {
  const counts = `${passed} passed, ${failed} failed, ${advisedFailed} advised failed, ${skipped} skipped`;
  const verdict = ok ? "keeps the required part of the contract" : "does not keep the contract";
  return `\n${counts}\n${endpoint} ${verdict}`;
}

/** The report as JSON: without what may be secret in requests. */
export function json({ results, ...report }) {
  const clean = ({ exchanges, ...result }) => ({
    ...result,
    ...(exchanges ? { exchanges: exchanges.map(publicly) } : {}),
  });
  return JSON.stringify({ ...report, results: results.map(clean) }, null, 2);
}

function publicly({ method, url, headers, body, answer }) {
  const shown = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, secretly(name, value)]));
  return { method, url, headers: shown, body, answer: answer ? { status: answer.status, body: answer.text } : null };
}
