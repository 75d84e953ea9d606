let missed = 0;

/** Prints a figure with what it should be; a missed one makes the command's exit code 1. */
export function target(name: string, value: number, relation: 'at least' | 'at most', limit: number, unit = ''): void {
  const held = relation === 'at least' ? value >= limit : value <= limit;
  if (!held) missed += 1;
  console.log(`  ${held ? 'held  ' : 'MISSED'}  ${name}: ${threeDigits(value)}${unit}, to be ${relation} ${limit}${unit}`);
}

export function threeDigits(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

export function exitCode(): number {
  return missed === 0 ? 0 : 1;
}

/** A table with its first column left and the others right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => `  ${row.map((cell, column) => column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])).join('   ')}`).join('\n');
}
