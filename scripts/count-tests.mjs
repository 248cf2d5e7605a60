// Prints `N passed, N failed` from vitest's JSON report; exits non-zero unless something passed and nothing failed.
// A file that could not be loaded counts as one failure, and so does a run that failed for another reason.
import { readFile } from 'node:fs/promises';

const [report, exitStatus] = process.argv.slice(2);
let passed = 0;
let failed = 0;
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(await readFile(report, 'utf8'));
  passed = numPassedTests;
  failed =
    numFailedTests +
    testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some(({ status }) => status === 'failed'),
    ).length;
} catch (error) {
  console.error(`no test report: ${error.message}`);
}
if (failed === 0 && (exitStatus !== '0' || passed === 0)) failed = 1;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
