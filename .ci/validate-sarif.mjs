// Validates a SARIF file against the 2.1.0 schema with Microsoft's multitool; fails on any schema error.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const [file] = process.argv.slice(2);
const report = join(mkdtempSync(join(tmpdir(), 'sarif-')), 'report.sarif');
const tool = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, 'node_modules/.bin/sarif-multitool');
const run = spawnSync(tool, ['validate', file, '--output', report], { encoding: 'utf8' });
process.stdout.write(run.stdout ?? '');
process.stderr.write(run.stderr ?? '');
const results = JSON.parse(readFileSync(report, 'utf8').replace(/^\uFEFF/, '')).runs.flatMap((one) => one.results ?? []);
const errors = results.filter((one) => one.level === 'error');
for (const one of errors) console.error(`${one.ruleId}: ${one.message.text ?? JSON.stringify(one.message)}`);
console.log(`${file}: ${results.length} remarks, ${errors.length} errors`);
process.exit(errors.length === 0 ? 0 : 1);
