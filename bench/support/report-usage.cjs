// Preloaded into a measured process: leaves what it has used where PAVI_BENCH_USAGE says, at its end.
process.once('exit', () => {
  require('node:fs').writeFileSync(process.env.PAVI_BENCH_USAGE, JSON.stringify(process.resourceUsage()));
});
