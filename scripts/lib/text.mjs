// How numbers and tables look in a terminal.

/** `1.234` seconds as `1.2 s`, ninety as `1 min 30 s`. */
export function duration(ms) {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Bytes with a thin group separator: `61 234`. */
export const bytes = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

/** Rows of cells as aligned text; the first column to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const line = (row) =>
    row.map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell).padStart(widths[i]))).join("   ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}
