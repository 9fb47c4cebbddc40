// Validates a SARIF file twice: with ajv against the 2.1.0 schema, and with Microsoft's multitool, which knows rules that
// the schema cannot say, and what GitHub wants besides. Fails on any error of either.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const [file] = process.argv.slice(2);

function schemaErrors() {
  const Ajv = require('ajv');
  const ajv = new Ajv({ schemaId: 'auto', allErrors: true, unknownFormats: 'ignore', logger: false });
  ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json'));
  const validate = ajv.compile(require('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'));
  const log = JSON.parse(readFileSync(file, 'utf8'));
  const errors = validate(log) ? [] : validate.errors.map((one) => `${one.dataPath}: ${one.message}`);
  // A validator that accepts everything would pass, too.
  log.runs[0].results = [{ message: { text: 'a' }, level: 'loud' }];
  if (validate(log)) errors.push('the schema check accepts a level that does not exist');
  return errors;
}

function multitoolErrors() {
  const folder = mkdtempSync(join(tmpdir(), 'sarif-'));
  const report = join(folder, 'report.sarif');
  // The program itself: its launcher goes through a shell, to which `;` is the end of a command.
  const tool = join(here, 'node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool');
  const rules = 'Sarif;Ghas';
  const run = spawnSync(tool, ['validate', file, '--rule-kind', rules, '--output', report], { encoding: 'utf8' });
  if (run.error) return [String(run.error)];
  const results = JSON.parse(readFileSync(report, 'utf8').replace(/^\uFEFF/, '')).runs.flatMap((one) => one.results ?? []);
  rmSync(folder, { recursive: true });
  const errors = results.filter((one) => one.level === 'error');
  console.log(`${file}: ${results.length} remarks of the multitool, ${errors.length} of them errors`);
  return errors.map((one) => `${one.ruleId}: ${one.message.text ?? JSON.stringify(one.message)}`);
}

const errors = [...schemaErrors(), ...multitoolErrors()];
for (const error of errors) console.error(error);
process.exit(errors.length === 0 ? 0 : 1);
