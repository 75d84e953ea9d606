// PAVI's way to a genome: node download-whole.cjs FOLDER URL... puts each file into the folder, whole, before anything reads it.
const { createWriteStream } = require('node:fs');
const { get } = require('node:http');
const { basename, join } = require('node:path');
const { pipeline } = require('node:stream/promises');

const [folder, ...urls] = process.argv.slice(2);
(async () => {
  for (const url of urls) {
    const response = await new Promise((resolve, reject) => get(url, resolve).on('error', reject));
    await pipeline(response, createWriteStream(join(folder, basename(url))));
  }
})();
