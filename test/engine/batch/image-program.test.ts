import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imageProgram } from '../../../engine/batch/executor/image-program';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pavi-image-'));
  mkdirSync(join(folder, 'src'));
  for (const name of ['main.cjs', 'src/tool.sh']) writeFileSync(join(folder, name), '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function programOf(...lines: string[]) {
  writeFileSync(join(folder, 'Dockerfile'), lines.join('\n'));
  const { entryPoint, command, environment } = imageProgram('registry/name:tag', [{
    repositoryName: 'name', imageTag: 'tag', directory: folder, dockerFile: 'Dockerfile',
  }]);
  return { line: [...entryPoint, ...command].map((word) => word.replace(folder, 'CONTEXT')), environment };
}

test.each<[string, string[], string[]]>([
  ['a file', ['COPY main.cjs /opt/main.cjs', 'ENTRYPOINT ["node", "/opt/main.cjs"]'], ['node', 'CONTEXT/main.cjs']],
  ['a file into a folder', ['COPY main.cjs /opt/', 'CMD ["node", "/opt/main.cjs", "run"]'], ['node', 'CONTEXT/main.cjs', 'run']],
  ['several files', ['COPY main.cjs src/tool.sh /opt', 'ENTRYPOINT ["/opt/tool.sh"]'], ['CONTEXT/src/tool.sh']],
  ['a folder', ['COPY src /app', 'ENTRYPOINT ["/app/tool.sh"]'], ['CONTEXT/src/tool.sh']],
  ['everything, beside a work directory', ['WORKDIR /app', 'COPY . .', 'ENTRYPOINT ["node", "main.cjs"]'], ['node', 'CONTEXT/main.cjs']],
  ['a command that changes no path', ['COPY . /app', 'ENTRYPOINT ["sh", "-c", "echo $0"]', 'CMD ["x"]'], ['sh', '-c', 'echo $0', 'x']],
  ['the last stage alone', ['ENTRYPOINT ["no"]', 'COPY main.cjs /x', 'FROM y', 'COPY --from=0 /x /x', 'CMD ["/x"]'], ['/x']],
  ['a new entry point without the old command', ['CMD ["old"]', 'ENTRYPOINT ["new"]'], ['new']],
])('%s', (_name, lines, expected) => {
  expect(programOf('FROM x AS a', ...lines).line).toEqual(expected);
});

test('the environment, in all of its forms', () => {
  expect(programOf('FROM x', 'ENV A=1 B="two words" C=thr\\ ee', 'ENV D four words', 'CMD ["x"]').environment)
    .toEqual({ A: '1', B: 'two words', C: 'thr ee', D: 'four words' });
});

test.each<[string, string[], RegExp]>([
  ['the shell form', ['ENTRYPOINT node main.cjs'], /Dockerfile: ENTRYPOINT must be in the exec form/],
  ['no program at all', ['COPY main.cjs /x'], /Dockerfile has neither an ENTRYPOINT nor a CMD/],
])('%s is refused', (_name, lines, words) => {
  expect(() => programOf('FROM x', ...lines)).toThrow(words);
});

test('an image from elsewhere is refused by its name', () => {
  expect(() => imageProgram('public.ecr.aws/x/y:latest', [])).toThrow(
    'image public.ecr.aws/x/y:latest is not built by this app, so there is no program to run as a process');
});
