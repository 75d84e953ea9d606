// Preloaded into a measured process: leaves what it has used where PAVI_BENCH_USAGE says, at its end.
const { readFileSync, writeFileSync } = require('node:fs');

/** In MB. What getrusage(2) tells begins with the memory of the process that started this one; /proc (Linux) does not. */
function peakMegabytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
  } catch {
    return process.resourceUsage().maxRSS / 1024;
  }
}

process.once('exit', () => {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  writeFileSync(process.env.PAVI_BENCH_USAGE, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: peakMegabytes() }));
});
