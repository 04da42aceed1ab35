// README.md as VS Code shows it after the installation: it has no pictures but those of a public address, and
// knows no files beside the page. The walkthrough *Kimi: First steps* shows them.
import { readFileSync, writeFileSync } from 'node:fs';

const picture = /^!\[.*\]\((?!https:).*\)\n\n?/gm;
const beside = /\[([^\]]*)\]\((?!https:|#)[^)]*\)/g;

const page = readFileSync('README.md', 'utf8').replace(picture, '').replace(beside, '$1');
writeFileSync('dist/README.md', page);
