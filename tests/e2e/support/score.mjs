// How well fields were recognised, from what was wanted and what was said.

/**
 * Micro-F1 over lead paths, the block included. A field with several good answers counts as right with any of them, and
 * adds nothing where none of them is a path; `forbidden` are the fields that must be forbidden and are not.
 */
export function score(fields) {
  let [right, claimed, asked] = [0, 0, 0];
  const mismatches = [];
  const forbidden = [];
  const isPath = (label) => label.includes(".");
  for (const { field, wanted, got, reason } of fields) {
    const mustBeRead = wanted.every(isPath);
    const good = wanted.includes(got) || (wanted.includes("none") && got === "forbidden");
    if (mustBeRead) asked += 1;
    if (good && mustBeRead) right += 1;
    // An answer that may be given or not is neither rewarded nor punished.
    if (isPath(got) && (mustBeRead || !good)) claimed += 1;
    if (!good) mismatches.push({ field, wanted, got, reason });
    if (String(wanted) === "forbidden" && got !== "forbidden") forbidden.push(`${field}: ${got}: ${reason}`);
  }
  const precision = claimed > 0 ? right / claimed : 1;
  const recall = asked > 0 ? right / asked : 1;
  const f1 = right > 0 ? (2 * right) / (claimed + asked) : 0;
  return { precision, recall, f1, mismatches, forbidden };
}
