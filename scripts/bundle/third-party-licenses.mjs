// The licences of what esbuild put into a bundle, as one text: docs/decisions/0012.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import satisfies from 'spdx-satisfies';

/**
 * The licences that ask for no more than their text and notices beside the copy. Another licence is a decision: read it, do what it asks
 * for, then add it here.
 */
const ALLOWED = ['0BSD', 'Apache-2.0', 'ISC', 'MIT'];

const LEGAL_FILE = /^(licen[cs]e|copying|copyright|notice|third-?party-?notices?)/i;
const RULE = '='.repeat(80);
const TEXTS = join(dirname(fileURLToPath(import.meta.url)), 'license-texts');

/**
 * Lists the npm packages of bundles with their licences and every licence text and notice that they bring.
 *
 * @param program what the bundles make, for the first line
 * @param metafiles esbuild's metafiles, of the working folder
 * @throws Error if a package's licence is not allowed, or its text is not known
 */
export function thirdPartyLicenses(program, metafiles) {
  const packages = bundledPackages(metafiles).map((bundled) => ({ ...bundled, ...described(bundled) }));
  const texts = new Map();
  for (const { name, version, license, legalFiles } of packages) {
    for (const text of legalFiles) texts.set(text, [...texts.get(text) ?? [], `${name} ${version} (${license})`]);
  }
  return [
    `${program} contains code of these packages:\n\n${packages.map(({ name, version, license }) => `  ${name} ${version} (${license})\n`).join('')}`,
    ...[...texts].map(([text, owners]) => `${owners.join('\n')}\n\n${text}\n`),
  ].join(`\n${RULE}\n`);
}

/** The packages that code in a bundle comes from, each with its files there, by name. */
function bundledPackages(metafiles) {
  const files = new Map();
  for (const output of metafiles.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [input, { bytesInOutput }] of Object.entries(output.inputs)) {
      const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? [];
      if (folder !== undefined && bytesInOutput > 0) files.set(folder, [...files.get(folder) ?? [], input]);
    }
  }
  return [...files].map(([folder, inputs]) => ({ folder, inputs })).sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

function described({ folder, inputs }) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const { name, version } = manifest;
  const license = expression(manifest);
  if (!isAllowed(license)) {
    throw new Error(`${name} ${version} is bundled, and its licence (${license ?? 'none'}) is not one of ${ALLOWED.join(', ')}; `
      + 'use another package, or see what the licence asks for and add it to scripts/bundle/third-party-licenses.mjs');
  }
  return { name, version, license, legalFiles: legalFiles(folder, inputs) ?? [knownText(name, version, license)] };
}

/** A package's licence as an SPDX expression, also from the two forms that npm took before. */
function expression({ license, licenses }) {
  if (Array.isArray(licenses) && license === undefined) return `(${licenses.map((one) => one.type ?? one).join(' OR ')})`;
  return license?.type ?? license;
}

function isAllowed(license) {
  try {
    return satisfies(license, ALLOWED);
  } catch {
    // Not an SPDX expression: "SEE LICENSE IN …", "UNLICENSED", or nothing.
    return false;
  }
}

/** The texts in the package's root, and those that its own bundler left beside a bundled file; undefined if no licence is among them. */
function legalFiles(folder, inputs) {
  const inRoot = readdirSync(folder).filter((file) => LEGAL_FILE.test(file)).map((file) => join(folder, file));
  const beside = [...new Set(inputs.map(dirname))].flatMap((place) => readdirSync(place).map((file) => join(place, file)))
    .filter((file) => inputs.some((input) => file === join(dirname(input), `${basename(input)}.LEGAL.txt`)));
  const found = [...inRoot, ...beside];
  return found.some((file) => /^(licen[cs]e|copying)/i.test(basename(file)))
    ? found.map((file) => readFileSync(file, 'utf8').trim().replaceAll('\r\n', '\n'))
    : undefined;
}

/** The text of a package that brings none: Apache-2.0 is the same for all, the others name who holds the copyright. */
function knownText(name, version, license) {
  const file = license === 'Apache-2.0' ? join(TEXTS, '..', '..', '..', 'LICENSE') : join(TEXTS, `${name.replace('/', '+')}.txt`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`${name} ${version} is bundled, but brings no text of its licence (${license}); take it from its repository to ${file}`, { cause: error });
  }
}
